// Puts a survey into a page of the shop:
//   <script src="https://…/assets/survey-widget.js" data-link="/f/…" data-lang="zh-TW" defer></script>
// The survey stands in a frame of its own where the script stands: it sees nothing of the page, and the page nothing of
// the answers.
(() => {
  const script = document.currentScript;
  if (!script?.dataset.link) return;
  const origin = new URL(script.src).origin;
  const url = new URL(script.dataset.link, origin);
  if (url.origin !== origin) return;
  url.searchParams.set("embed", "1");
  if (script.dataset.lang) url.searchParams.set("lang", script.dataset.lang);
  const frame = document.createElement("iframe");
  frame.src = url.href;
  frame.title = script.dataset.title || "Survey";
  frame.loading = "lazy";
  frame.referrerPolicy = "no-referrer";
  frame.width = "100%";
  frame.height = "480";
  frame.style.border = "0";
  script.after(frame);
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const said = event.data?.candorSurvey;
    if (!said || typeof said.height !== "number") return;
    frame.height = String(Math.min(Math.max(Math.ceil(said.height), 120), 4000));
    if (said.done) script.dispatchEvent(new CustomEvent("candor-survey-done"));
  });
})();
