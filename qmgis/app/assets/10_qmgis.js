/* The dashboard in the browser. Whatever comes from data is set as text, never as HTML. */
(function () {
  "use strict";

  const lang = () => document.documentElement.lang || "de";

  /* Going somewhere: the address is the state, so every action is an address. */
  function go(address, { instead = false } = {}) {
    window.history[instead ? "replaceState" : "pushState"]({}, "", address);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  }

  const openArea = (template, area) => go(template.replace("__AREA__", () => encodeURIComponent(area)));

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='/']");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.dataset.full || link.href.includes("/download/")) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest && !event.target.closest("a") && event.target.closest(".ag-row[row-id]");
    const table = row && row.closest("[data-select]");
    if (table) openArea(table.dataset.select, row.getAttribute("row-id"));
  });

  document.addEventListener("keydown", (event) => {
    const row = event.key === "Enter" && event.target.closest && event.target.closest(".ag-row[row-id]");
    const table = row && row.closest("[data-open]");
    if (table) openArea(table.dataset.open, row.getAttribute("row-id"));
  });

  /* A text to take away: into the clipboard where the browser lets us, else selected, and said aloud. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button[data-copy]");
    const text = button && document.getElementById(button.dataset.copy);
    if (!text) return;
    const tell = (said) => { document.getElementById("live").textContent = button.textContent = said; };
    const select = () => {
      window.getSelection().selectAllChildren(text);
      tell(button.dataset.select);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(() => tell(button.dataset.done), select);
    else select();
  });

  /* A new page: its title, its top, and the keyboard at its heading. */
  let shown = null;
  function arrived(drawn) {
    if (!drawn) return;
    document.title = drawn.title;
    const key = JSON.stringify(drawn.key);
    if (shown !== null && shown !== key) {
      window.scrollTo(0, 0);
      window.requestAnimationFrame(() => {
        const main = document.getElementById("main");
        if (main) main.focus({ preventScroll: true });
      });
    }
    shown = key;
  }

  function search(area) {
    const box = document.querySelector("[data-open]");
    if (area && box) openArea(box.dataset.open, area);
  }

  /* Trials: every control is a slider and a number; where they stand goes to the address, a moment after the last move.
     Whoever comes by the address (back, reset) finds the controls where it says. */
  const REST = 120;
  let waiting = null, moving = false, tuned = false;
  const controlsOf = (knob) => knob.querySelectorAll("input");

  function place(input, value) {
    if (input.value === value) return;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function placeAll(knob, value, but) {
    moving = true;
    controlsOf(knob).forEach((input) => {
      if (input === but) return;
      if (input.type === "range" && Number(value) > Number(input.max)) input.max = value;
      if (input.type === "range" && Number(value) < Number(input.min)) input.min = value;
      place(input, value);
    });
    moving = false;
  }

  function tune() {
    const box = document.querySelector("[data-tune]");
    if (!box) return;
    const entries = [...box.querySelectorAll("[data-knob]")].flatMap((knob) => {
      const { value } = knob.querySelector("input[type=number]");
      if (value !== "" && Number(value) === Number(knob.dataset.official)) return [];
      const number = value === "" ? "" : Number((Number(value) / Number(knob.dataset.scale)).toPrecision(10));
      return [`${knob.dataset.knob}:${number}`];
    });
    const pairs = entries.sort().map((entry) => `set=${encodeURIComponent(entry)}`);
    const { tune: address } = box.dataset;
    tuned = true;
    go(pairs.length ? address + (address.includes("?") ? "&" : "?") + pairs.join("&") : address, { instead: true });
    tuned = false;
  }

  document.addEventListener("input", (event) => {
    const knob = !moving && event.target.closest && event.target.closest("[data-knob]");
    if (!knob) return;
    placeAll(knob, event.target.value, event.target);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(tune, REST);
  });

  window.addEventListener("popstate", () => {
    if (tuned) return;
    const asked = new Map(new URLSearchParams(window.location.search).getAll("set").map((entry) => {
      const at = entry.lastIndexOf(":");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }));
    document.querySelectorAll("[data-knob]").forEach((knob) => {
      const { knob: key, official, scale } = knob.dataset;
      const known = asked.has(key) && Number.isFinite(Number(asked.get(key)));
      placeAll(knob, known ? String(Number((Number(asked.get(key)) * Number(scale)).toPrecision(10))) : official);
    });
  });

  /* The year of a series: the slider goes where its links go, a moment after the last move. */
  let turning = null;
  document.addEventListener("input", (event) => {
    const box = event.target.closest && event.target.closest("[data-years]");
    if (!box) return;
    const year = box.dataset.years.split(",")[Number(event.target.value)];
    window.clearTimeout(turning);
    turning = window.setTimeout(() => {
      if (year) go(box.dataset.yearTarget.replace("__YEAR__", () => year), { instead: true });
    }, REST);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { qmgis: { arrived, search } });

  /* A question: a choice in a list, or the word in a form, goes to the address that has it. */
  const VALUE = "__VALUE__";
  const withValue = (template, value) => template.replace(VALUE, () => encodeURIComponent(value));
  let picking = null;
  document.addEventListener("change", (event) => {
    const list = event.target.closest && event.target.closest("select[data-pick]");
    if (!list) return;
    window.clearTimeout(picking);  // whoever passes several with the arrow keys asks for the last
    picking = window.setTimeout(() => go(withValue(list.dataset.pick, list.value)), 250);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest && event.target.closest("form[data-go]");
    const field = form && form.querySelector("input, select");
    if (!form) return;
    event.preventDefault();
    const value = field.value.replace(/\s+/g, "");
    if (value) go(withValue(form.dataset.go, field.matches("select, #delimitation-list") ? field.value.trim() : value));
  });

  /* Rules: what differs from the page's own goes to the address, all at once. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest && event.target.closest("form[data-rules]");
    if (!form) return;
    event.preventDefault();
    const pairs = [...form.querySelectorAll("[data-rule]")].flatMap((box) => {
      const { value } = box.querySelector("input, select");
      return value === "" || value === box.dataset.official ? [] : [`rule=${encodeURIComponent(`${box.dataset.rule}:${value}`)}`];
    });
    const { rules: address } = form.dataset;
    go(pairs.length ? address + (address.includes("?") ? "&" : "?") + pairs.join("&") : address);
  });

  /* What is drawn anew keeps the keyboard where it was: at the same control, or at the one that it names (data-after). */
  let held = null;
  document.addEventListener("focusin", (event) => { held = event.target; });
  document.addEventListener("focusout", (event) => { if (!event.relatedTarget && event.target.isConnected && document.hasFocus()) {
    window.setTimeout(() => { if (held === event.target && held.isConnected) held = null; });
  } });
  new MutationObserver(() => {
    if (!held || held.isConnected || document.activeElement !== document.body) return;
    const again = [held.id, held.dataset.after].map((id) => id && document.getElementById(id)).find(Boolean);
    if (again) again.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });

  /* A scenario by click: the page says where a click on the map, and on a place, goes. */
  const target = (name) => (document.querySelector("[data-point]") || { dataset: {} }).dataset[name] || "";
  const clickPoint = ({ latlng }) => {
    const template = target("point");
    if (!template) return;
    const value = `${latlng.lat.toFixed(5)},${latlng.lng.toFixed(5)}`;
    // whoever clicks faster than the page follows adds to the corners so far
    const more = (_, corner) => `${corner}${encodeURIComponent(value)}&${corner}${VALUE}`;
    document.querySelector("[data-point]").dataset.point = template.replace(/(corner=\d+%3A)__VALUE__/, more);
    go(withValue(template, value));
  };
  const clickPlace = (id) => {
    const template = target("place");
    if (template) go(withValue(template, id));
    return Boolean(template);
  };

  /* The map: classes by code; selection, attention and filter by line and opacity, never by colour alone. */
  const sets = new WeakMap();
  function setOf(list) {
    if (!sets.has(list)) sets.set(list, new Set(list));
    return sets.get(list);
  }

  /* Thick outlines must not hide below their neighbours, nor below what helps to recognise the city: those that require
     attention are drawn once more above, the chosen one on top. */
  const layers = new Map();
  const outlines = new WeakMap();
  let raising = null;
  function raise(hideout) {
    if (raising) window.cancelAnimationFrame(raising);
    raising = window.requestAnimationFrame(() => {
      raising = null;
      const raised = [...hideout.attention, hideout.selected].map((id) => layers.get(id)).filter((one) => one && one._map);
      raised.forEach((layer) => layer.bringToFront());
      const map = [...layers.values()].map((layer) => layer._map).find(Boolean);
      if (map) outline(map, raised, hideout);
    });
  }

  function quietPane(map, name, zIndex) {
    const pane = map.createPane(name);
    Object.assign(pane.style, { zIndex, pointerEvents: "none" });
    pane.setAttribute("aria-hidden", "true");
  }

  function outline(map, raised, hideout) {
    if (!outlines.has(map)) {
      quietPane(map, "edges", 440);
      quietPane(map, "certainty", 410);
      outlines.set(map, window.L.layerGroup().addTo(map));
    }
    const group = outlines.get(map).clearLayers();
    hideout.borderline.map((id) => layers.get(id)).filter((one) => one && one._map).forEach((layer) => {
      if (look(layer.feature, hideout).fillOpacity < 1) return;
      const striped = { pane: "certainty", interactive: false, stroke: false, fillColor: "url(#hatch-borderline)", fillOpacity: 1 };
      group.addLayer(window.L.polygon(layer.getLatLngs(), striped));
    });
    raised.forEach((layer) => {
      const { color, weight, opacity } = look(layer.feature, hideout);
      const drawn = { pane: "edges", interactive: false, fill: false, color, weight, opacity, lineJoin: "round" };
      if (weight > 1) group.addLayer(window.L.polygon(layer.getLatLngs(), drawn));
    });
  }

  function look(feature, hideout) {
    const { codes, classes, attention, only, selected, colours } = hideout;
    const id = feature.properties.id;
    const entry = classes[codes[id]] || classes[classes.length - 1];
    const shownHere = !only.length || only.includes(entry.code);
    const flagged = setOf(attention).has(id);
    const chosen = id === selected;
    return {
      fillColor: entry.hatch !== "none" ? `url(#hatch-${entry.hatch})` : entry.colour,
      fillOpacity: shownHere ? 1 : 0.12,
      color: chosen ? colours.selected : flagged && shownHere ? colours.attention : colours.line,
      weight: chosen ? 5 : flagged && shownHere ? 2.6 : 0.7,
      opacity: shownHere || chosen ? 1 : 0.35,
      lineJoin: "round",
    };
  }

  function style(feature, context) {
    raise(context.hideout);
    return look(feature, context.hideout);
  }

  function stroked(feature, context) {
    const { kind, stroke } = feature.properties;
    const { colour, width, opacity, dash, fill } = context.hideout.strokes[kind][Number(stroke)];
    return {
      color: colour, weight: width, opacity, dashArray: dash || null, lineJoin: "round", lineCap: "butt",
      fill: Boolean(fill), fillColor: fill || null, fillOpacity: 1, interactive: false,
    };
  }

  function lines(texts) {
    const box = document.createElement("div");
    texts.filter(Boolean).forEach((text, place) => {
      const line = document.createElement(place ? "div" : "strong");
      line.textContent = text;
      box.append(line);
    });
    return box;
  }

  const fitted = new WeakSet();

  function each(feature, layer, context) {
    const { id, name } = feature.properties;
    if (context.map && !fitted.has(context.map)) {
      fitted.add(context.map);
      context.map.fitBounds(context.hideout.box, { animate: false, padding: [8, 8] });
      context.map.on("click", clickPoint);
    }
    const texts = () => {
      const { codes, classes, attention, reasons, values, certainty, words } = context.hideout;
      const entry = classes[codes[id]] || classes[classes.length - 1];
      return lines([name, id, values[id], reasons[id] || entry.label, certainty[id], setOf(attention).has(id) ? words.attention : ""]);
    };
    layer.bindTooltip(texts, { sticky: true, className: "tip" });
    layer.on("click", () => { if (!target("point")) openArea((context.hideout.opens || {})[id] || context.hideout.open, id); });
    layer.on("mouseover", () => layer.setStyle({ weight: 4 }));
    layer.on("mouseout", () => layer.setStyle(style(feature, context)));
    layers.set(id, layer);
    raise(context.hideout);
  }

  /* Circles do not take the pane of the layer that they stand in: unnamed they would lie among the areas. */
  const placeMark = (feature, latlng) =>
    window.L.circleMarker(latlng, { pane: "marks", radius: 5, color: "#ffffff", weight: 1.5, fillColor: "#0b5d1e", fillOpacity: 1 });

  const dot = (feature, latlng) =>
    window.L.circleMarker(latlng, { pane: "marks", radius: 2.6, color: "#ffffff", weight: 0.6, fillColor: "#0b5d1e", fillOpacity: 1 });

  function eachPlace(feature, layer) {
    layer.bindTooltip(() => lines([feature.properties.name]), { className: "tip" });
    layer.on("click", (event) => {
      if (clickPlace(feature.properties.id)) window.L.DomEvent.stop(event);
      else if (!layer.options.bubblingMouseEvents) clickPoint(event);  // a sign takes the click meant for the map below
    });
  }

  /* Places of a scenario and proposals: told apart by their shape. */
  const site = (feature, latlng) => {
    const sign = document.createElement("span");
    sign.className = `site site-${feature.properties.kind}`;
    sign.textContent = feature.properties.text;
    const icon = window.L.divIcon({ className: "site-at", html: sign, iconSize: [22, 22] });
    return window.L.marker(latlng, { icon, keyboard: false, pane: "marks" });
  };

  /* Signs that would hide one another move apart on the screen, each with a line to where it is. */
  const APART = 25;
  const crowds = new Map();

  function push(a, b, turn) {
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const far = Math.hypot(dx, dy);
    if (far > APART - 0.5) return false;
    const [x, y] = far > 0.5 ? [dx / far, dy / far] : [Math.cos(turn), Math.sin(turn)];
    const half = (APART - far) / 2;
    Object.assign(a, { x: a.x - half * x, y: a.y - half * y });
    Object.assign(b, { x: b.x + half * x, y: b.y + half * y });
    return true;
  }

  function spread(map) {
    const markers = [...(crowds.get(map) || [])].filter((one) => one._icon);
    const at = markers.map((one) => map.latLngToLayerPoint(one.getLatLng()));
    const now = at.map(({ x, y }) => ({ x, y }));
    for (let round = 0, moved = true; moved && round < 60; round += 1) {
      moved = false;
      now.forEach((a, i) => now.slice(i + 1).forEach((b, j) => { moved = push(a, b, i + j) || moved; }));
    }
    markers.forEach((one, i) => {
      const [x, y] = [now[i].x - at[i].x, now[i].y - at[i].y];
      const [tail, sign] = one._icon.firstChild.children;
      sign.style.translate = `${x}px ${y}px`;
      Object.assign(tail.style, { width: `${Math.hypot(x, y)}px`, rotate: `${Math.atan2(y, x)}rad` });
      tail.hidden = Math.hypot(x, y) < 2;
    });
  }

  function crowd(map) {
    if (!crowds.has(map)) {
      crowds.set(map, new Set());
      map.on("zoomend", () => spread(map));
      map.on("unload", () => crowds.delete(map));
    }
    return crowds.get(map);
  }

  const apart = (feature, latlng) => {
    const marker = site(feature, latlng);
    const { options } = marker.options.icon;
    const [box, tail] = [document.createElement("div"), document.createElement("i")];
    tail.className = "tail";
    box.className = "apart";
    box.append(tail, options.html);
    options.html = box;
    let map = null;
    marker.on("add", () => {
      map = marker._map;
      crowd(map).add(marker);
      window.requestAnimationFrame(() => spread(map));
    });
    marker.on("remove", () => {
      if (crowds.has(map)) crowds.get(map).delete(marker);
    });
    return marker;
  };

  const lined = () => ({ color: "#0b5d1e", weight: 1.2, opacity: 0.7, fillColor: "#0b5d1e", fillOpacity: 0.08, interactive: false });

  const gap = () => ({ stroke: false, fillColor: "url(#hatch-gap)", fillOpacity: 1, interactive: false });

  window.dashExtensions = Object.assign({}, window.dashExtensions, { qmgis: { style, stroked, each, place: placeMark, dot, eachPlace, gap, site, apart, outline: lined } });

  /* Leaflet's buttons speak the language of the page; the map has a name. */
  function nameMap() {
    document.querySelectorAll("[data-map-label]").forEach((box) => {
      const map = box.querySelector(".leaflet-container");
      if (map && !map.hasAttribute("aria-label")) {
        map.setAttribute("role", "region");
        map.setAttribute("aria-label", box.dataset.mapLabel);
      }
      const drawn = ["backdrop", "programme"].map((name) => `.leaflet-${name}-pane:not([aria-hidden])`).join();
      box.querySelectorAll(drawn).forEach((pane) => pane.setAttribute("aria-hidden", "true"));
      [["in", "zoomIn"], ["out", "zoomOut"]].forEach(([name, key]) => {
        const button = box.querySelector(`.leaflet-control-zoom-${name}`);
        if (button && button.title !== box.dataset[key]) {
          button.title = box.dataset[key];
          button.setAttribute("aria-label", box.dataset[key]);
        }
      });
    });
  }
  new MutationObserver(nameMap).observe(document.documentElement, { childList: true, subtree: true });

  /* The table: numbers as people of the page's language write them; the name is a link. */
  const formats = {};
  function format(value, digits, percent) {
    if (value === null || value === undefined || value === "") return "–";
    const key = `${lang()}-${digits}-${percent}`;
    formats[key] = formats[key] || new Intl.NumberFormat(lang() === "de" ? "de-DE" : "en-GB", {
      style: percent ? "percent" : "decimal", minimumFractionDigits: digits, maximumFractionDigits: digits,
    });
    return formats[key].format(value);
  }

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.qmNumber = (value, digits, why) => (value === null ? why : format(value, digits, false));
  functions.qmPercent = (value, digits, why) => (value === null ? why : format(value, digits, true));
  functions.qmText = (value, why) => (value === null || value === undefined ? why || "–" : String(value));

  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  components.QmArea = function (props) {
    const box = document.querySelector("[data-open]");
    const href = box ? box.dataset.open.replace("__AREA__", () => encodeURIComponent(props.data.area)) : "/";
    return window.React.createElement("a", { href, tabIndex: -1 }, props.value);
  };
})();
