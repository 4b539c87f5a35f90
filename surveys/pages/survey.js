// Makes the plain form of a survey sturdier: it sends in the background, keeps answers that could not be sent on this
// device and sends them later, and looks at the page again when an answer decides what else is asked. Without it the
// form works as any form does.
(() => {
  const PREFIX = "candor-survey:";
  const here = location.pathname;

  const remember = (path, body) => {
    try {
      localStorage.setItem(PREFIX + path, body);
    } catch {
      // Storage may be switched off; the answers are still on the page.
    }
  };
  const forget = (path) => {
    try {
      localStorage.removeItem(PREFIX + path);
    } catch {
      // Nothing was kept.
    }
  };
  const kept = (path) => {
    try {
      return localStorage.getItem(PREFIX + path);
    } catch {
      return null;
    }
  };

  const send = (path, body) =>
    fetch(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
      credentials: "omit",
    });

  /** Puts the answer of the server in the place of this page. */
  const show = (text, url) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    document.title = next.title;
    document.documentElement.lang = next.documentElement.lang;
    document.body.replaceWith(document.adoptNode(next.body));
    if (url && new URL(url).pathname === here) history.replaceState(null, "", url);
    start();
    const faults = document.querySelector(".faults[tabindex]");
    if (faults) faults.focus();
    else scrollTo(0, 0);
    const again = document.querySelector("[data-again]");
    if (again) setTimeout(() => location.assign(again.href), Number(again.dataset.again) * 1000);
    tell();
  };

  /** Lets the page around an embedded survey know how tall it is and whether it is done. */
  const tell = () => {
    if (parent === window) return;
    parent.postMessage(
      {
        candorSurvey: {
          height: document.documentElement.scrollHeight,
          done: document.querySelector("[data-done]") !== null,
        },
      },
      "*",
    );
  };

  const bodyOf = (form, go) => {
    const data = new FormData(form);
    // Files travel as text in the hidden field beside them, so that they can be kept and sent later.
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("go", go);
    return new URLSearchParams(data).toString();
  };

  let waiting = null;
  const retry = async () => {
    if (waiting === null) return;
    const { path, body, form } = waiting;
    try {
      const answer = await send(path, body);
      if (answer.status >= 500 || answer.status === 429) return;
      waiting = null;
      forget(path);
      if (form.isConnected) show(await answer.text(), answer.url);
    } catch {
      // Still offline: the next event or tick tries again.
    }
  };

  const submit = async (form, go) => {
    const status = form.querySelector(".status");
    const path = form.getAttribute("action");
    const body = bodyOf(form, go);
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    status.textContent = form.dataset.sending;
    try {
      const answer = await send(path, body);
      if (answer.status >= 500) throw new Error("try again");
      forget(path);
      show(await answer.text(), answer.url);
    } catch {
      waiting = { path, body, form };
      // A device that others use too keeps nothing beyond this page.
      if (!("shared" in form.dataset)) remember(path, body);
      status.textContent = form.dataset.offline;
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    }
  };

  /** Asks what the page looks like with the answers so far, and keeps the place of whoever is typing. */
  const look = async (form) => {
    try {
      const answer = await send(form.getAttribute("action"), bodyOf(form, "look"));
      if (!answer.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#survey");
      if (!next || !form.isConnected) return;
      const focused = document.activeElement;
      const at = focused && { name: focused.name, value: focused.value, type: focused.type };
      form.replaceWith(document.adoptNode(next));
      start();
      if (!at?.name) return;
      const choice = at.type === "radio" || at.type === "checkbox";
      for (const field of document.querySelector("#survey").elements)
        if (field.name === at.name && (!choice || field.value === at.value)) {
          field.focus({ preventScroll: true });
          break;
        }
    } catch {
      // Offline: the server looks again when the page is sent.
    }
  };

  const asText = (file) =>
    new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.addEventListener("error", reject);
      reader.readAsDataURL(file);
    });

  /** Files and drawings: read here, shown to be too large here. */
  const startUpload = (box) => {
    const hidden = box.querySelector("input[type=hidden]");
    const picker = box.querySelector("input[type=file]");
    const canvas = box.querySelector("canvas");
    const tooLarge = box.querySelector("[data-too-large]");
    const most = Number(box.dataset.max || 200000);
    picker.addEventListener("change", async () => {
      const files = [...picker.files];
      tooLarge.hidden = !files.some((f) => f.size > most);
      if (!tooLarge.hidden) {
        picker.value = "";
        return;
      }
      const read = await Promise.all(
        files.map(async (f) => ({ name: f.name.slice(0, 100), type: f.type, content: await asText(f) })),
      );
      if (read.length > 0) hidden.value = canvas ? read[0].content : JSON.stringify(read);
    });
    if (!canvas) return;
    const pen = canvas.getContext("2d");
    const clear = box.querySelector("[data-clear]");
    canvas.hidden = false;
    clear.parentElement.hidden = false;
    const blank = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
    };
    blank();
    if (hidden.value) {
      const before = new Image();
      before.addEventListener("load", () => pen.drawImage(before, 0, 0, canvas.width, canvas.height));
      before.src = hidden.value;
    }
    pen.lineWidth = 3;
    pen.lineCap = "round";
    let drawing = false;
    const place = (event) => {
      const area = canvas.getBoundingClientRect();
      return [
        ((event.clientX - area.left) * canvas.width) / area.width,
        ((event.clientY - area.top) * canvas.height) / area.height,
      ];
    };
    canvas.addEventListener("pointerdown", (event) => {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      pen.lineTo(...place(event));
      pen.stroke();
    });
    const lift = () => {
      if (!drawing) return;
      drawing = false;
      hidden.value = canvas.toDataURL("image/png");
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    clear.addEventListener("click", () => {
      blank();
      hidden.value = "";
    });
  };

  const showOthers = (form) => {
    for (const label of form.querySelectorAll("[data-other]")) {
      const name = label.dataset.other;
      const chosen = [...form.elements].some(
        (e) => e.name === name && e.value === '"other"' && (e.tagName === "SELECT" || e.checked),
      );
      label.hidden = !chosen;
    }
  };

  function start() {
    const form = document.querySelector("#survey");
    if (!form) return;
    let go = "next";
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=go]");
      if (button) go = button.value;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form, event.submitter ? event.submitter.value : go);
    });
    form.addEventListener("change", (event) => {
      showOthers(form);
      if (event.target.closest("[data-look]")) look(form);
    });
    showOthers(form);
    for (const box of form.querySelectorAll("[data-upload]")) startUpload(box);
  }

  start();
  tell();
  addEventListener("resize", tell);
  addEventListener("online", retry);
  setInterval(retry, 15000);

  const form = document.querySelector("#survey");
  const left = kept(here);
  if (form && left) {
    // Answers of before that never arrived.
    waiting = { path: here, body: left, form };
    retry();
  }
  if (form && /^\/s\/[A-Za-z0-9_-]{43}$/.test(here)) {
    // Opening a link changes nothing; that somebody looks at it, the page says itself.
    send(`${here}/seen`, "").catch(() => {});
  }
})();
