/* The map of a saved page: draws areas once, colours them by the chosen view, and reads every word from the table on
   the same page. Data only ever become text (textContent), never markup. */
(function () {
  "use strict";

  var STEP = 1e5; // coordinates are whole hundred-thousandths of a degree, each the difference from the one before

  function ring(flat) {
    var points = [], x = 0, y = 0;
    for (var k = 0; k < flat.length; k += 2) {
      x += flat[k];
      y += flat[k + 1];
      points.push([y / STEP, x / STEP]);
    }
    return points;
  }

  function shape(polygons) {
    return polygons.map(function (rings) { return rings.map(ring); });
  }

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  window.qmgisMap = function (map) {
    var data = JSON.parse(document.getElementById("qm-data").textContent);
    var say = data.words;
    var table = document.getElementById("qm-table");
    var rows = all("tbody tr", table);
    var heads = all("thead th", table).map(function (cell) { return cell.textContent; });
    var placeRows = all("#qm-places tbody tr");
    var approximate = {}, loud = [], marks = [], ground = [];
    data.approximate.forEach(function (k) { approximate[k] = true; });
    var view = 0, chosen = {}, open = -1, shapes = [], stripes = [], extras = L.layerGroup();

    function text(row, column) {
      return rows[row].children[column].textContent;
    }

    function lines(row, columns) {
      var list = element("dl", "qm-facts");
      columns.forEach(function (column) {
        if (!text(row, column)) return;
        list.appendChild(element("dt", "", heads[column]));
        list.appendChild(element("dd", "", text(row, column)));
      });
      return list;
    }

    function named(row) {
      var title = element("strong", "qm-name", text(row, 0));
      title.dir = "auto";
      return title;
    }

    function brief(row) {
      var box = element("div", "qm-brief");
      box.appendChild(named(row));
      box.appendChild(lines(row, data.views[view].columns));
      return box;
    }

    function full(row) {
      var box = element("div", "qm-full");
      box.appendChild(named(row));
      var first = data.views[view].columns;
      var rest = data.popup.filter(function (column) { return first.indexOf(column) < 0; });
      box.appendChild(lines(row, first.concat(rest)));
      return box;
    }

    function picked(row) {
      var any = Object.keys(chosen).length > 0;
      return !any || chosen[data.views[view].entry[row]] === true;
    }

    function style(row) {
      var on = picked(row);
      return {
        fillColor: data.views[view].fills[data.views[view].entry[row]],
        fillOpacity: on ? 1 : 0.12,
        color: row === open ? data.lines.attention : data.lines.thin,
        opacity: on ? 1 : 0.3,
        weight: row === open ? 4 : 0.7,
        dashArray: approximate[row] ? "4 3" : null,
        lineJoin: "round"
      };
    }

    function paint() {
      shapes.forEach(function (drawn, row) { drawn.setStyle(style(row)); });
      rows.forEach(function (line, row) { line.hidden = !picked(row); });
      loud.forEach(function (edge) { edge.line.setStyle({ opacity: picked(edge.row) ? 1 : 0.15 }); });
      stripes.forEach(function (one) { one.drawn.setStyle({ fillOpacity: picked(one.row) ? 1 : 0 }); });
      if (open >= 0) shapes[open].bringToFront();
    }

    function status() {
      var numbers = Object.keys(chosen), chip = document.getElementById("qm-filter");
      chip.hidden = numbers.length === 0;
      var count = rows.filter(function (_, row) { return picked(row); }).length;
      document.getElementById("qm-count").textContent = say.filter.replace("{count}", count);
    }

    function filter() {
      all("[data-entry]").forEach(function (button) {
        var here = Number(button.closest("[data-view]").dataset.view) === view;
        button.setAttribute("aria-pressed", String(here && chosen[button.dataset.entry] === true));
      });
      paint();
      status();
    }

    function sizes() {
      var near = map.getZoom() >= 12.5;
      loud.forEach(function (edge) { edge.line.setStyle({ weight: near ? edge.near : edge.near * 0.55 }); });
      ground.forEach(function (part) { part.line.setStyle({ weight: near ? part.far * 1.8 : part.far }); });
      marks.forEach(function (mark) {
        var small = !near && marks.length > 150;
        mark.setRadius(small ? 2.2 : 5).setStyle({ weight: small ? 0.6 : 2 });
      });
    }

    function drawExtras() {
      var now = data.views[view];
      extras.clearLayers();
      marks = [];
      if (now.gaps && data.gaps[now.gaps]) {
        extras.addLayer(L.polygon(shape(data.gaps[now.gaps]), {
          pane: "qm-marks", interactive: false, stroke: true, weight: 1, color: data.lines.gap,
          fillColor: "url(#qm-gap)", fillOpacity: 0.9
        }));
      }
      (now.places ? data.places[now.places] || [] : []).forEach(function (place) {
        var mark = L.circleMarker([place[1] / STEP, place[0] / STEP], {
          pane: "qm-marks", radius: 5, weight: 2, color: "#ffffff", fillColor: data.lines.place, fillOpacity: 1
        });
        mark.bindTooltip(function () {
          var box = element("div", "qm-brief"), cells = placeRows[place[2]].children;
          var title = element("strong", "qm-name", cells[0].textContent);
          title.dir = "auto";
          box.appendChild(title);
          box.appendChild(element("div", "", cells[1].textContent + " " + cells[2].textContent));
          return box;
        });
        extras.addLayer(mark);
        marks.push(mark);
      });
      sizes();
    }

    function show(number) {
      view = number;
      chosen = {};
      all("[data-view]").forEach(function (legend) { legend.hidden = Number(legend.dataset.view) !== number; });
      all("input[name=qm-view]").forEach(function (radio) { radio.checked = Number(radio.value) === number; });
      document.getElementById("qm-title").textContent = data.views[number].title;
      drawExtras();
      drawStripes();
      filter();
      if (open >= 0) shapes[open].getPopup().update();
    }

    function go(row) {
      if (!shapes[row].getBounds().isValid()) return;
      map.fitBounds(shapes[row].getBounds(), { maxZoom: 14, padding: [120, 120], animate: false });
      shapes[row].openPopup();
      document.getElementById("qm-stage").scrollIntoView({ block: "nearest" });
    }

    function search(asked) {
      var list = document.getElementById("qm-found"), wanted = asked.trim().toLocaleLowerCase();
      list.textContent = "";
      if (!wanted) return;
      rows.forEach(function (_, row) {
        var hit = text(row, 0).toLocaleLowerCase().indexOf(wanted) >= 0 || text(row, 1).indexOf(wanted) === 0;
        if (!hit || list.children.length >= 8) return;
        var item = element("li"), button = element("button", "qm-hit", text(row, 0) + " · " + text(row, 1));
        button.type = "button";
        button.dataset.row = row;
        item.appendChild(button);
        list.appendChild(item);
      });
      if (!list.children.length) list.appendChild(element("li", "", say.nothing));
    }

    function north() {
      var control = L.control({ position: "topright" });
      control.onAdd = function () {
        var box = element("div", "qm-north", "N");
        box.setAttribute("role", "img");
        box.setAttribute("aria-label", say.north);
        return box;
      };
      return control;
    }

    data.areas.forEach(function (polygons, row) {
      var drawn = L.polygon(shape(polygons), style(row));
      drawn.bindTooltip(function () { return brief(row); }, { sticky: true, direction: "auto", opacity: 1 });
      drawn.bindPopup(function () { return full(row); }, {
        maxWidth: 400, minWidth: 330, maxHeight: 340, autoPanPadding: [56, 16]
      });
      drawn.on("popupopen", function (event) {
        open = row;
        drawn.closeTooltip();
        var close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
        if (close) close.setAttribute("aria-label", say.close);
        event.popup.getElement().setAttribute("tabindex", "-1");
        paint();
      });
      drawn.on("popupclose", function () { open = -1; paint(); });
      drawn.addTo(map);
      shapes.push(drawn);
    });
    /* What helps to recognise the city, and programme areas: neither the mouse nor a screen reader meets them. */
    function drawLines(parts, name, height, switched) {
      var pane = map.createPane(name), layer = L.layerGroup(), box = document.getElementById(switched);
      pane.style.zIndex = height;
      pane.style.pointerEvents = "none";
      pane.setAttribute("aria-hidden", "true");
      parts.forEach(function (part) {
        part.strokes.forEach(function (stroke) {
          var look = {
            pane: name, interactive: false, color: stroke.colour, weight: stroke.width,
            opacity: stroke.opacity, dashArray: stroke.dash || null, lineJoin: "round", lineCap: "butt"
          };
          var filled = { fill: !!stroke.fill, fillColor: stroke.fill, fillOpacity: 1 };
          if (part.areas.length) add(L.polygon(shape(part.areas), Object.assign(filled, look)), stroke);
          if (part.lines.length) add(L.polyline(part.lines.map(ring), Object.assign({ fill: false }, look)), stroke);
        });
      });
      function add(line, stroke) {
        layer.addLayer(line);
        ground.push({ line: line, far: stroke.width });
      }
      function shown() {
        if (!box || box.checked) layer.addTo(map);
        else layer.remove();
      }
      if (box) box.addEventListener("change", shown);
      shown();
    }
    drawLines(data.backdrop, "qm-backdrop", 420, "qm-drawn");
    drawLines(data.programme, "qm-programme", 455, "qm-programme");
    function edge(row, colour, weight) {
      var line = L.polygon(shape(data.areas[row]), {
        pane: "qm-edges", interactive: false, fill: false, color: colour, weight: weight, lineJoin: "round"
      }).addTo(map);
      loud.push({ row: row, line: line, near: weight });
    }
    /* Areas whose class is borderline, striped where the box says so; only where the view shows the index. */
    var striped = L.layerGroup(), stripe = document.getElementById("qm-stripe");
    map.createPane("qm-certainty").style.zIndex = 410;
    map.getPane("qm-certainty").style.pointerEvents = "none";
    map.getPane("qm-certainty").setAttribute("aria-hidden", "true");
    data.borderline.forEach(function (row) {
      var drawn = L.polygon(shape(data.areas[row]), {
        pane: "qm-certainty", interactive: false, stroke: false, fillColor: "url(#qm-borderline)", fillOpacity: 1
      });
      striped.addLayer(drawn);
      stripes.push({ row: row, drawn: drawn });
    });
    function drawStripes() {
      if (stripe && stripe.checked && data.views[view].stripes) striped.addTo(map);
      else striped.remove();
      if (stripe) stripe.closest(".qm-stripes").hidden = !data.views[view].stripes;
    }
    if (stripe) stripe.addEventListener("change", drawStripes);
    map.createPane("qm-edges").style.zIndex = 450;
    map.getPane("qm-edges").style.pointerEvents = "none";
    data.attention.forEach(function (row) { edge(row, "#ffffff", 6); });
    data.attention.forEach(function (row) { edge(row, data.lines.attention, 3); });
    map.createPane("qm-marks").style.zIndex = 460;
    extras.addTo(map);
    L.control.zoom({ zoomInTitle: say.zoom_in, zoomOutTitle: say.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
    north().addTo(map);
    function home() { map.fitBounds(data.bounds, { padding: [18, 18], animate: false }); }
    home();

    document.addEventListener("click", function (event) {
      var target = event.target.closest("button");
      if (!target) return;
      if (target.dataset.entry !== undefined) {
        if (chosen[target.dataset.entry]) delete chosen[target.dataset.entry];
        else chosen[target.dataset.entry] = true;
        filter();
      } else if (target.id === "qm-reset") {
        chosen = {};
        filter();
      } else if (target.id === "qm-home") {
        map.closePopup();
        home();
      } else if (target.dataset.row !== undefined) {
        go(Number(target.dataset.row));
      } else if (target.closest("#qm-table tbody")) {
        go(rows.indexOf(target.closest("tr")));
      }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") map.closePopup();
    });
    all("input[name=qm-view]").forEach(function (radio) {
      radio.addEventListener("change", function () { show(Number(radio.value)); });
    });
    var field = document.getElementById("qm-search");
    field.addEventListener("input", function () { search(field.value); });
    field.addEventListener("keydown", function (event) {
      var first = document.querySelector("#qm-found [data-row]");
      if (event.key === "Enter" && first) { event.preventDefault(); go(Number(first.dataset.row)); }
    });
    map.on("zoomend", sizes);
    window.matchMedia("print").addEventListener("change", function () {
      var seen = map.getBounds();
      map.invalidateSize({ animate: false });
      map.fitBounds(seen, { animate: false });
    });
    show(0);
    map.getContainer().setAttribute("data-ready", "true");
  };
})();
