// The drawing pad: a canvas with three buttons. All that is shown as text comes from Python, in
// `face` (see widget.py); what is drawn goes there as strokes, lists of [x, y] in [0, 1].

// As in strokes.py, where more is refused.
const MOST_STROKES = 40;
const MOST_POINTS = 4000;
const NEAREST = 0.004; // points nearer than this to the last one are left out
const PEN = 0.045; // of the canvas's side

function add(parent, tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  parent.append(made);
  return made;
}

function render({ model, el }) {
  const root = add(el, "div", { class: "tlcourse-pad" });
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Drawing pad");
  const status = add(root, "div", { role: "status", class: "tlcourse-pad-status" });
  const prompt = add(status, "strong", {});
  const progress = add(status, "span", {});
  const canvas = add(root, "canvas", { role: "img" });
  const row = add(root, "div", { class: "tlcourse-pad-buttons" });
  // JupyterLab takes keys as commands to the cell ("x" cuts it) before a button sees them, unless
  // the element that has the focus says so.
  const plain = { type: "button", "data-lm-suppress-shortcuts": "true" };
  const button = (label, title) => add(row, "button", { ...plain, title }, label);
  const undo = button("Undo", "Take back the last stroke; on an empty pad, the last drawing");
  const clear = button("Clear", "Take back all strokes of this drawing");
  const next = button("Next", "Keep this drawing and go on");
  const note = add(root, "div", { role: "status", class: "tlcourse-pad-note" });

  let strokes = [];
  let pointer = null; // the pen, finger or mouse that draws
  let waiting = false; // for Python's answer
  let patience; // the timer that says so

  const face = () => model.get("face");
  const empty = () => strokes.length === 0;
  const nPoints = () => strokes.reduce((n, stroke) => n + stroke.length, 0);

  function draw() {
    const side = canvas.clientWidth;
    const fine = Math.round(side * window.devicePixelRatio);
    if (canvas.width !== fine) canvas.width = canvas.height = fine;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, fine, fine);
    pen.strokeStyle = pen.fillStyle = getComputedStyle(canvas).color;
    pen.lineWidth = PEN * fine;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x * fine, y * fine);
      // A tap is a line of no length, which is drawn only if it ends where it began.
      if (stroke.length === 1) pen.lineTo(stroke[0][0] * fine, stroke[0][1] * fine);
      pen.stroke();
    }
    // Not `disabled`: that would take the keyboard's focus away from under the finger.
    const off = (which, isOff) => which.setAttribute("aria-disabled", String(isOff));
    off(undo, waiting || (empty() && face().done === 0));
    off(clear, waiting || empty());
    off(next, waiting || empty() || face().over);
  }

  function show() {
    const { prompt: asked, progress: done, note: told, over, strokes: put } = face();
    waiting = false;
    clearTimeout(patience);
    pointer = null;
    if (put) strokes = put.map((stroke) => stroke.map(([x, y]) => [x, y]));
    prompt.textContent = asked;
    progress.textContent = done;
    note.textContent = told;
    canvas.setAttribute("aria-label", `${asked} here, with mouse, pen or finger`);
    if (over) canvas.setAttribute("aria-label", asked);
    root.classList.toggle("tlcourse-pad-over", over);
    draw();
  }

  function ask(kind) {
    waiting = true;
    patience = setTimeout(() => {
      note.textContent = "Python is busy. If it was restarted, run this cell again.";
    }, 1500);
    model.send({ kind, done: face().done, strokes });
    draw();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const unit = (z) => Math.round(Math.min(Math.max(z / canvas.clientWidth, 0), 1) * 1e4) / 1e4;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return [unit(x - canvas.clientLeft), unit(y - canvas.clientTop)];
  }

  function extend(event) {
    const stroke = strokes.at(-1);
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = place(each);
      const [lastX, lastY] = stroke.at(-1);
      if (Math.hypot(x - lastX, y - lastY) >= NEAREST && nPoints() < MOST_POINTS) {
        stroke.push([x, y]);
      }
    }
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    const full = strokes.length >= MOST_STROKES || nPoints() >= MOST_POINTS;
    // A second finger, or the hand beside the pen, does not draw.
    if (pointer !== null || event.button !== 0 || waiting || face().over || full) return;
    event.preventDefault();
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    note.textContent = "";
    strokes.push([place(event)]);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) extend(event);
  });
  for (const ending of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(ending, (event) => {
      if (event.pointerId === pointer) pointer = null;
    });
  }
  const isOff = (which) => which.getAttribute("aria-disabled") === "true";
  undo.addEventListener("click", () => {
    if (isOff(undo)) return;
    if (empty()) return ask("back");
    strokes.pop();
    draw();
  });
  clear.addEventListener("click", () => {
    if (isOff(clear)) return;
    strokes = [];
    draw();
  });
  next.addEventListener("click", () => {
    if (!isOff(next)) ask("next");
  });

  // The ink is painted in the theme's colour, at the screen's resolution: both may change.
  const theme = new MutationObserver(draw);
  theme.observe(document.body, { attributes: true });
  const size = new ResizeObserver(draw);
  size.observe(canvas);
  window.addEventListener("resize", draw);
  model.on("change:face", show);
  show();
  return () => {
    clearTimeout(patience);
    theme.disconnect();
    size.disconnect();
    window.removeEventListener("resize", draw);
    model.off("change:face", show);
  };
}

export default { render };
