// What is measured on the screen. Each function runs in the page of the editor, so that it may use nothing from outside.

/** The texts under the squiggles of a kind (error, warning, info, hint) in what `active` selects, from top to bottom. */
export function textsUnderSquiggles({ kind, active }) {
  const boxes = [...document.querySelectorAll(`${active} .squiggly-${kind}`)].map((mark) => mark.getBoundingClientRect());
  const under = (box) => {
    let text = "";
    for (const line of document.querySelectorAll(`${active} .view-line`)) {
      const { top, bottom } = line.getBoundingClientRect();
      const middle = box.top + box.height / 2;
      if (middle < top || middle >= bottom) continue;
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let index = 0; index < node.length; index += 1) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + 1);
          const place = range.getBoundingClientRect();
          const centre = place.left + place.width / 2;
          if (place.width > 0 && centre > box.left && centre < box.right) text += node.data[index];
        }
      }
    }
    return text.replaceAll("\u00a0", " ");
  };
  return boxes.map((box) => ({ top: box.top, left: box.left, text: under(box) }))
    .sort((one, other) => one.top - other.top || one.left - other.left)
    .map(({ text }) => text);
}

/** The middle of the first word of a call, such as `subprocess.run(`, in what `active` selects. */
export function placeOf({ wanted, active }) {
  const lines = [...document.querySelectorAll(`${active} .view-line`)];
  const line = lines.find(({ textContent }) => textContent.includes(wanted));
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const start = node.data.indexOf(wanted.split(/\W/)[0]);
    if (start >= 0) {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + 2);
      const { left, top, width, height } = range.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    }
  }
}
