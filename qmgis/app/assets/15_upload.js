/* A file goes to the server as it is; the answer is the address that has it, or one sentence. */
(function () {
  "use strict";

  function go(address) {
    window.history.pushState({}, "", address);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button[data-upload]");
    if (!button) return;
    const { upload, accept, largest, said, tooLarge, failed } = button.dataset;
    const box = document.createElement("input");
    const tell = (text) => { const spot = document.getElementById(said); if (spot) spot.textContent = text; };
    Object.assign(box, { type: "file", accept });
    box.addEventListener("change", () => {
      const [file] = box.files;
      if (!file) return;
      if (file.size > Number(largest)) { tell(tooLarge); return; }
      const address = `${upload}${upload.endsWith("?") ? "" : "&"}name=${encodeURIComponent(file.name)}`;
      window.fetch(address, { method: "POST", body: file, headers: { "X-Qmgis": "1", "Content-Type": "application/octet-stream" } })
        .then((answer) => answer.json()).then((answer) => (answer.go ? go(answer.go) : tell(answer.said)), () => tell(failed));
    });
    box.click();
  });
})();
