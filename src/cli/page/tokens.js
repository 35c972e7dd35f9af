// The tokens of a text: those on the screen are in the document, and only those.
(() => {
  const data = pageData();
  const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  // Numbers of any size, seven bits a byte, the lowest first.
  const numbersOf = (text, length) => {
    const bytes = bytesOf(text), numbers = new Uint32Array(length);
    for (let at = 0, place = 0; place < length; place++) {
      let value = 0, shift = 0, byte;
      do { byte = bytes[at++]; value += (byte & 127) * 2 ** shift; shift += 7; } while (byte > 127);
      numbers[place] = value;
    }
    return numbers;
  };
  const text = bytesOf(data.text);
  const known = data.vocabulary;
  const total = data.tokens;
  const kinds = numbersOf(data.sequence, total);
  const shapes = numbersOf(data.shapes, total);
  // Where each token begins in the text, and whether a piece begins with it.
  const starts = new Uint32Array(total + 1), opens = new Uint8Array(total);
  const skips = new Map(data.skips);
  for (let place = 0, at = 0; place < total; place++) {
    at += skips.get(place) || 0;
    starts[place] = at;
    at += shapes[place] >> 1;
    opens[place] = shapes[place] & 1;
    starts[place + 1] = at;
  }
  const endOf = (place) => starts[place] + (shapes[place] >> 1);
  const isSpecial = (kind) => known.names[kind] !== undefined;
  const limit = data.limit === null ? Infinity : data.limit;
  const number = (value) => value.toLocaleString("en-US");
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

  // Text made visible, as the command does it: what can be read, and signs for the rest.
  const mark = /^\p{M}/u;
  const controls = ("NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS " +
    "RS US").split(" ");
  const isInvisible = (code) => (code & 0xfffe) === 0xfffe ||
    data.signs.invisible.some(([first, last]) => first <= code && code <= last);
  const isSkin = (code) => code >= 0x1f3fb && code <= 0x1f3ff;
  const nameOf = (code) => data.signs.names[code] || "U+" + code.toString(16).toUpperCase().padStart(4, "0");
  // The character that begins at a place: its code and length, or no code and the bytes that are none.
  const characterAt = (bytes, at) => {
    const lead = bytes[at];
    if (lead < 0x80) return [lead, 1];
    const length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    let code = lead & (0x7f >> length);
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i];
      if (byte === undefined || byte >> 6 !== 2) return [-1, 1];
      code = code * 64 + (byte & 63);
    }
    const least = [0, 0, 0x80, 0x800, 0x10000][length];
    const isOne = length > 0 && code >= least && code < 0x110000 && !(code >= 0xd800 && code < 0xe000);
    return isOne ? [code, length] : [-1, 1];
  };
  const sign = (label, title) => make("span", { class: "sign chip", title }, label);
  const shownCharacter = (code) => {
    const c = String.fromCodePoint(code);
    return isInvisible(code) || isSkin(code) ? nameOf(code) : mark.test(c) ? "◌" + c : c;
  };
  // Nodes for the bytes of `bytes` from `start` to `end`; what stands around them is looked at. With `spaces` all spaces are signs.
  const visible = (bytes, start, end, spaces) => {
    const nodes = [];
    let plain = "", hasLetter = false, lone = null;
    const put = (node) => { if (plain) nodes.push(plain); [plain, lone] = ["", null]; if (node) nodes.push(node); };
    let at = start;
    // A character that began before: its last bytes, and what it is.
    for (let back = 1; back <= 3 && start - back >= 0 && (bytes[start] & 0xc0) === 0x80; back++) {
      const [code, length] = characterAt(bytes, start - back);
      if (code >= 0 && length > back) {
        const stop = Math.min(start - back + length, end), isLast = start - back + length <= end;
        put(sign(hex(bytes.subarray(start, stop)) + (isLast ? "=" + shownCharacter(code) : "…"), "part of a character"));
        at = stop;
        break;
      }
    }
    while (at < end) {
      const [code, length] = characterAt(bytes, at);
      if (code < 0 || at + length > end) {
        let stop = at + 1;
        if (code >= 0) stop = end;
        else while (stop < end && characterAt(bytes, stop)[0] < 0) stop++;
        put(sign(hex(bytes.subarray(at, stop)) + (code >= 0 ? "…" : ""), code >= 0 ? "part of a character" : "no UTF-8"));
        [at, hasLetter] = [stop, false];
        continue;
      }
      at += length;
      if (code === 32) {
        let stop = at;
        while (bytes[stop] === 32) stop++;
        const next = bytes[stop], trails = next === undefined || next === 10 || (next === 13 && bytes[stop + 1] === 10);
        if (trails || spaces) put(make("span", { class: "sign" }, "␣")); else plain += " ";
        hasLetter = !(trails || spaces);
      } else if (code === 10) {
        put(make("span", { class: "sign" }, "↵"));
        [plain, hasLetter] = ["\n", false];
      } else if (code === 9) {
        put(make("span", { class: "sign" }, "⇥"));
        [plain, hasLetter] = ["\t", false];
      } else if (code < 32 || code === 127) {
        put(sign(code === 127 ? "DEL" : controls[code], "control character"));
        hasLetter = false;
      } else if (isSkin(code) && !hasLetter) {
        // The colour of a skin whose emoji is in another token: it would colour what stands before it, and few fonts have it.
        put(sign(nameOf(code), "colour of a skin"));
      } else if (isInvisible(code)) {
        put(sign(nameOf(code), "U+" + code.toString(16).toUpperCase().padStart(4, "0")));
        hasLetter = false;
      } else {
        const c = String.fromCodePoint(code), isMark = mark.test(c);
        if (lone && isMark) lone.append(c);
        else if (!hasLetter && isMark) {
          // Its letter is in another token. It has room of its own, or the next token would be painted over it.
          const alone = make("span", { class: "lone" }, "◌" + c);
          put(alone);
          lone = alone;
        } else { lone = null; plain += c; }
        hasLetter = true;
      }
    }
    put(null);
    return nodes;
  };
  const ownBytes = (kind) => {
    if (known.bytes[kind] !== "") return bytesOf(known.bytes[kind]);
    return Uint8Array.from([...ownBytes(known.left[kind]), ...ownBytes(known.right[kind])]);
  };
  const encoder = new TextEncoder();
  const bytesOfKind = (kind) => isSpecial(kind) ? encoder.encode(known.names[kind]) : ownBytes(kind);
  const nodesOf = (place) => {
    const start = starts[place], end = endOf(place);
    if (start < end) return visible(text, start, end);
    const own = bytesOfKind(kinds[place]);
    return isSpecial(kinds[place]) ? visible(own, 0, own.length) : [sign("+" + hex(own), "stands for no part of the text")];
  };
  const nodesOfKind = (kind) => {
    const own = bytesOfKind(kind);
    return visible(own, 0, own.length, true);
  };

  // Blocks of some lines, or of a part of a long one. Their heights are guessed until they were on the screen.
  const MOST = 160, LEAST = 48;
  const files = new Map(data.files.map(([place, name]) => [place, name]));
  const blocks = [];
  for (let from = 0, place = 0, lines = 0; place < total; place++) {
    const end = endOf(place);
    for (let at = starts[place]; at < end; at++) lines += text[at] === 10 ? 1 : 0;
    const isLineEnd = end > starts[place] && text[end - 1] === 10;
    const isFull = place + 1 - from >= MOST || (isLineEnd && place + 1 - from >= LEAST);
    if (isFull || place + 1 === total || files.has(place + 1)) {
      blocks.push({ from, to: place + 1, lines, bytes: end - starts[from], goesOn: !isLineEnd && place + 1 < total && !files.has(place + 1), height: 0, known: false });
      [from, lines] = [place + 1, 0];
    }
  }
  const view = document.getElementById("view"), sheet = document.getElementById("sheet"), panel = document.getElementById("panel");
  const tops = new Float64Array(blocks.length + 1);
  let current = 0;
  const drawn = new Map();
  const guess = () => {
    const probe = make("div", { class: "block" }, "0".repeat(20));
    probe.style.right = "auto";
    sheet.append(probe);
    const box = probe.getBoundingClientRect(), row = box.height, letter = (box.width - 16) / 20;
    probe.remove();
    const columns = Math.max(8, Math.floor((view.clientWidth - 16) / letter));
    for (const block of blocks) {
      if (block.known) continue;
      block.height = row * Math.max(1, block.lines + Math.ceil(block.bytes / columns) - Math.floor(block.lines / 2));
    }
  };
  const layOut = () => {
    for (let i = 0; i < blocks.length; i++) tops[i + 1] = tops[i] + blocks[i].height;
    sheet.style.height = tops[blocks.length] + "px";
    for (const [i, element] of drawn) element.style.top = tops[i] + "px";
  };
  const blockAtHeight = (y) => {
    let low = 0, high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle] <= y) low = middle; else high = middle - 1;
    }
    return low;
  };
  const blockOf = (place) => {
    let low = 0, high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (blocks[middle].from <= place) low = middle; else high = middle - 1;
    }
    return low;
  };
  const draw = (i) => {
    const block = blocks[i];
    const element = make("div", { class: block.goesOn ? "block goes-on" : "block", role: "presentation" });
    for (let place = block.from; place < block.to; place++) {
      if (files.has(place)) element.append(make("div", { class: "file", role: "presentation" }, files.get(place)));
      if (place === limit) element.append(make("span", { class: "limit", role: "presentation" }, "limit of " + number(limit) + " tokens"));
      const special = isSpecial(kinds[place]);
      const classes = "t c" + (place % 6) + (special ? " special" : "") + (place >= limit ? " over" : "");
      const token = make("span", {
        class: classes, role: "option", "data-place": place, "data-id": known.ids[kinds[place]],
        "aria-posinset": place + 1, "aria-setsize": total, "aria-selected": String(place === current),
      });
      token.tabIndex = place === current ? 0 : -1;
      const skipped = skips.get(place);
      if (skipped) token.append(sign("−" + hex(text.subarray(starts[place] - skipped, starts[place])), "no token stands for it"));
      token.append(...nodesOf(place));
      element.append(token);
    }
    element.style.top = tops[i] + "px";
    return element;
  };
  const render = () => {
    if (!blocks.length) return;
    for (let again = 0; again < 4; again++) {
      const top = view.scrollTop, bottom = top + view.clientHeight;
      const first = Math.max(0, blockAtHeight(top) - 1), last = Math.min(blocks.length - 1, blockAtHeight(bottom) + 1);
      for (const [i, element] of drawn) {
        if ((i < first || i > last) && !element.contains(document.activeElement)) { element.remove(); drawn.delete(i); }
      }
      const fresh = [];
      for (let i = first; i <= last; i++) {
        if (drawn.has(i)) continue;
        const element = draw(i);
        drawn.set(i, element);
        fresh.push([i, element]);
      }
      // In the order of the text, for those who hear it.
      const order = [...drawn.keys()].sort((a, b) => a - b);
      let before = null;
      for (const i of order) {
        const element = drawn.get(i);
        if (element.parentNode !== sheet) sheet.insertBefore(element, before ? before.nextSibling : sheet.firstChild);
        before = element;
      }
      // What was guessed is measured. The block at the top of the view stays where it is.
      let shift = 0, isOff = false;
      const anchor = blockAtHeight(top);
      for (const [i, element] of fresh) {
        const height = element.offsetHeight;
        if (height !== blocks[i].height) {
          if (i < anchor) shift += height - blocks[i].height;
          blocks[i].height = height;
          isOff = true;
        }
        blocks[i].known = true;
      }
      if (!isOff) return;
      layOut();
      if (shift) view.scrollTop = top + shift;
    }
  };
  const elementOf = (place) => view.querySelector('[data-place="' + place + '"]');

  // What there is to say of a token.
  const describe = (place) => {
    const kind = kinds[place], start = starts[place], end = endOf(place);
    const rows = [
      ["token", number(place + 1) + " of " + number(total)],
      ["id", String(known.ids[kind])],
      ["text", make("span", { class: "cell mono c" + (place % 6), dir: "auto" }, ...nodesOf(place))],
      ["bytes", make("span", { class: "mono" }, start < end ? hex(text.subarray(start, end)) : "none")],
    ];
    const own = bytesOfKind(kind), isSame = own.length === end - start && own.every((byte, i) => byte === text[start + i]);
    if (!isSame) rows.push(["of the token", make("span", { class: "mono" }, hex(own))]);
    rows.push(["rank", known.ranks[kind] < 0 ? "none" : number(known.ranks[kind])]);
    rows.push(["offset", start < end ? "bytes " + number(start) + " to " + number(end) : "byte " + number(start)]);
    if (isSpecial(kind)) rows.push(["special", known.names[kind]]);
    if (place >= limit) rows.push(["limit", "past it by " + number(place - limit + 1)]);
    panel.replaceChildren(make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", { "data-row": name }, value)])));
  };
  let hovered = null;
  const point = (place) => {
    if (hovered) hovered.classList.remove("here");
    hovered = elementOf(place);
    if (hovered) hovered.classList.add("here");
    describe(place);
  };
  const choose = (place, isFocused) => {
    const old = elementOf(current);
    if (old) { old.tabIndex = -1; old.setAttribute("aria-selected", "false"); }
    current = Math.max(0, Math.min(total - 1, place));
    const i = blockOf(current);
    if (!drawn.has(i)) { view.scrollTop = tops[i]; render(); }
    const element = elementOf(current);
    if (!element) return;
    element.tabIndex = 0;
    element.setAttribute("aria-selected", "true");
    if (isFocused) element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
    render();
    point(current);
  };
  // The token one row up or down, under or over this one.
  const beside = (direction) => {
    const box = elementOf(current).getClientRects()[0], x = box.left + 1, y = (box.top + box.bottom) / 2;
    let best = null, least = Infinity;
    for (const element of view.querySelectorAll(".t")) {
      for (const other of element.getClientRects()) {
        const down = ((other.top + other.bottom) / 2 - y) * direction;
        if (down < box.height / 2) continue;
        const away = x < other.left ? other.left - x : x > other.right ? x - other.right : 0;
        const distance = down * 1000 + away;
        if (distance < least) [best, least] = [element, distance];
      }
    }
    return best ? Number(best.dataset.place) : current + direction;
  };
  const lineEnd = (direction) => {
    let place = current;
    const breaks = (at) => endOf(at) > starts[at] && text[endOf(at) - 1] === 10;
    if (direction < 0) while (place > 0 && !breaks(place - 1)) place--;
    else while (place < total - 1 && !breaks(place)) place++;
    return place;
  };
  const page = (direction) => {
    const box = elementOf(current);
    const at = box ? box.getBoundingClientRect().top - view.getBoundingClientRect().top : 0;
    view.scrollTop += direction * view.clientHeight * 0.9;
    render();
    const y = view.scrollTop + Math.max(0, Math.min(at, view.clientHeight - 1));
    const i = direction > 0 && view.scrollTop + view.clientHeight >= tops[blocks.length] - 1 ? blocks.length - 1 : blockAtHeight(y);
    return direction > 0 ? Math.max(current, i === blocks.length - 1 ? total - 1 : blocks[i].from) : Math.min(current, blocks[i].from);
  };
  const moves = {
    ArrowLeft: () => current - 1, ArrowRight: () => current + 1, ArrowUp: () => beside(-1), ArrowDown: () => beside(1),
    Home: (event) => event.ctrlKey ? 0 : lineEnd(-1), End: (event) => event.ctrlKey ? total - 1 : lineEnd(1),
    PageUp: () => page(-1), PageDown: () => page(1),
  };
  view.addEventListener("keydown", (event) => {
    if (!(event.key in moves) || event.altKey || event.metaKey || !total) return;
    event.preventDefault();
    if (!elementOf(current)) choose(current, true);
    choose(moves[event.key](event), true);
  });
  const placeOf = (event) => {
    const element = event.target.closest ? event.target.closest(".t") : null;
    return element ? Number(element.dataset.place) : -1;
  };
  view.addEventListener("pointerover", (event) => { const place = placeOf(event); if (place >= 0) point(place); });
  view.addEventListener("click", (event) => { const place = placeOf(event); if (place >= 0) choose(place, true); });
  view.addEventListener("focusin", (event) => { const place = placeOf(event); if (place >= 0 && place !== current) choose(place, true); else if (place >= 0) point(place); });
  let isAsked = false;
  view.addEventListener("scroll", () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => { isAsked = false; render(); });
  });
  let width = 0;
  new ResizeObserver(() => {
    if (!view.clientWidth) return;
    if (view.clientWidth !== width) {
      // Before the first time there are no heights to find the block at the top by.
      const i = width ? blockAtHeight(view.scrollTop) : 0;
      width = view.clientWidth;
      for (const block of blocks) block.known = false;
      for (const element of drawn.values()) element.remove();
      drawn.clear();
      guess();
      layOut();
      view.scrollTop = i > 0 ? tops[i] : view.scrollTop;
    }
    render();
    if (!panel.firstChild && total) describe(current);
  }).observe(view);
  if (!total) view.append(make("p", { class: "note" }, "The text is empty."));

  // Counts, and the tokens that come most often.
  const counts = document.getElementById("counts");
  const row = (cells) => make("tr", {}, ...cells);
  const head = (names) => make("thead", {}, row(names.map((name) => make("th", { scope: "col", class: name === "token" ? "" : "number" }, name))));
  counts.append(make("h2", {}, "Counts"), make("p", { class: "note" }, data.basis),
    make("table", { id: "totals" }, make("tbody", {}, ...data.totals.map(([name, value]) => row([make("th", { scope: "row" }, name), make("td", { class: "number" }, value)])))));
  const often = new Uint32Array(known.ids.length);
  for (const kind of kinds) often[kind]++;
  const order = [...often.keys()].filter((kind) => often[kind]).sort((a, b) => often[b] - often[a] || known.ids[a] - known.ids[b]);
  const LISTED = 200;
  counts.append(make("h2", {}, "Most frequent tokens"),
    make("p", { class: "note" }, number(order.length) + " different tokens" + (order.length > LISTED ? "; the " + LISTED + " most frequent ones" : "")),
    make("div", { class: "wide" }, make("table", { id: "frequent" }, head(["token", "id", "count", "share"]), make("tbody", {}, ...order.slice(0, LISTED).map((kind, i) => row([
      make("td", {}, make("span", { class: "cell mono c" + (i % 6) + (isSpecial(kind) ? " special" : ""), dir: "auto" }, ...nodesOfKind(kind))),
      make("td", { class: "number" }, String(known.ids[kind])),
      make("td", { class: "number" }, number(often[kind])),
      make("td", { class: "number" }, (100 * often[kind] / total).toFixed(2) + "%"),
    ]))))));

  // How the tokens of a piece were merged. No merge reaches across the tokens that came out, so that each token's own merges,
  // taken in their order, are those of the piece.
  const PARTS = 400;
  const pieceAround = (place) => {
    if (isSpecial(kinds[place]) || !data.has_pieces) return [place, place + 1];
    let from = place, to = place + 1;
    while (from > 0 && !opens[from] && !isSpecial(kinds[from - 1])) from--;
    while (to < total && !opens[to] && !isSpecial(kinds[to])) to++;
    return [from, to];
  };
  const stepsOf = (from, to) => {
    const leaves = [], merges = [];
    const grow = (kind) => {
      const start = leaves.length;
      if (known.left[kind] < 0) { leaves.push(kind); return { start, end: start + 1, done: true }; }
      const left = grow(known.left[kind]), right = grow(known.right[kind]);
      const node = { start, end: leaves.length, kind, left, right, done: false };
      merges.push(node);
      return node;
    };
    for (let place = from; place < to && leaves.length <= PARTS; place++) grow(kinds[place]);
    let parts = leaves.map((kind, i) => ({ kind, start: i, end: i + 1 }));
    const steps = [{ parts, merge: null }];
    while (merges.length) {
      // The lowest rank of those that can be done, the first of equal ones.
      let best = -1;
      merges.forEach((node, i) => {
        if (!node.left.done || !node.right.done) return;
        const other = merges[best];
        const isBetter = best < 0 || known.ranks[node.kind] < known.ranks[other.kind] ||
          (known.ranks[node.kind] === known.ranks[other.kind] && node.start < other.start);
        if (isBetter) best = i;
      });
      const [node] = merges.splice(best, 1);
      node.done = true;
      const inside = (part) => part.start >= node.start && part.end <= node.end;
      const at = parts.findIndex(inside), pair = parts.filter(inside);
      parts = [...parts.slice(0, at), { kind: node.kind, start: node.start, end: node.end, isNew: true }, ...parts.slice(at + pair.length).map((part) => ({ ...part, isNew: false }))];
      parts = parts.map((part, i) => i < at ? { ...part, isNew: false } : part);
      steps.push({ parts, merge: node, pair });
    }
    return { steps, isCut: leaves.length > PARTS };
  };
  const merges = document.getElementById("merges");
  const explain = () => {
    if (!total) { merges.replaceChildren(make("p", { class: "note" }, "The text is empty.")); return; }
    const [from, to] = pieceAround(current);
    const tokens = Array.from({ length: to - from }, (_, i) => from + i);
    const shown = make("p", { id: "piece" }, ...tokens.slice(0, PARTS).map((place) => make("span", { class: "cell mono c" + (place % 6), dir: "auto" }, ...nodesOf(place))));
    const parts = [make("h2", {}, data.has_pieces && !isSpecial(kinds[current]) ? "The piece" : "The token"), shown];
    const say = (words) => parts.push(make("p", { class: "note" }, words));
    if (isSpecial(kinds[current])) {
      say("A special token: it is found in the text as a whole, or put around it, before the text is cut into pieces. Nothing is merged.");
    } else {
      say(data.has_pieces
        ? "The text is cut into pieces first; no token spans two of them. In each piece the two neighbours of the lowest rank are merged, again and again, until none are left that can be."
        : "How this text is cut into pieces before merging is not known here, since it is changed first: these are the merges of the one token.");
      if (data.whole_pieces && to - from === 1) say("This vocabulary takes a piece that is a token as a whole at once, without merging. Merging comes to it so:");
      const { steps, isCut } = stepsOf(from, to);
      if (isCut) say("The piece is long: the merges of its first tokens are shown.");
      parts.push(make("ol", { class: "steps" }, ...steps.map(({ parts, merge, pair }, i) => make("li", merge ? { "data-rank": known.ranks[merge.kind], "data-id": known.ids[merge.kind], "data-start": merge.start } : {},
        make("span", { class: "parts mono" }, ...parts.map((part) => make("span", { class: part.isNew ? "part new" : "part", dir: "auto" }, ...nodesOfKind(part.kind)))),
        make("span", { class: "rule" }, ...(merge
          ? [i + ". rank " + number(known.ranks[merge.kind]) + ": ", ...nodesOfKind(pair[0].kind), " + ", ...nodesOfKind(pair[1].kind), " → id " + known.ids[merge.kind]]
          : [steps.length > 1 ? "what merging begins with" : "no merge: it begins and ends with this"]))))));
      say("Result: " + tokens.slice(0, PARTS).map((place) => known.ids[kinds[place]]).join(" "));
    }
    merges.replaceChildren(...parts);
  };
  document.addEventListener("tab", (event) => { if (event.detail === "merges") explain(); });
})();
