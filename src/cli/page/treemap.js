// Folders and files as boxes, each as large as its tokens: one folder fills the map, and any can be made the one that does.
(() => {
  const data = pageData();
  const number = (value) => value.toLocaleString("en-US");
  const percent = (part, whole) => {
    if (!whole) return "-";
    const share = 100 * part / whole;
    if (part && share < 0.1) return "<0.1%";
    // Rounding must not hide on which side of the whole a part is.
    if (share !== 100 && share >= 99.95 && share < 100.05) return share < 100 ? "<100%" : ">100%";
    return share.toFixed(1) + "%";
  };
  const tokensOf = (node) => (data.is_estimate ? "~" : "") + number(node.tokens);
  const wordsPerToken = (node) => !node.tokens ? "-" : node.words === null ? "n/a" : (node.words / node.tokens).toFixed(2);

  // What an entry is, and where. Paths are made of names, so that the address of a view outlives the order of sizes.
  const grow = ([name, isFolder, files, tokens, upper, words, bytes, omitted, children], parent) => {
    const path = !parent || parent.isAll || parent.path === "." ? name : parent.path.replace(/\/$/, "") + "/" + name;
    const node = { name, isFolder, files, tokens, upper, words, bytes, parent, path, children: [] };
    node.isAll = !parent && data.root_is_all;
    node.children = children.map((child) => grow(child, node));
    if (omitted) {
      const sum = (key) => node.children.reduce((rest, child) => rest - child[key], node[key]);
      const hasWords = node.words !== null && node.children.every((child) => child.words !== null);
      node.children.push({
        name: "and " + number(omitted) + " more", isRest: true, entries: omitted, isFolder: false, files: sum("files"), tokens: sum("tokens"), upper: sum("upper"),
        words: hasWords ? sum("words") : null, bytes: sum("bytes"), parent: node, path: node.path, children: [],
      });
    }
    return node;
  };
  const root = grow(data.root, null);

  // Colours: the five endings of names with the most tokens, and all others.
  const endingOf = (node) => (/[^.](\.[^.]+)$/.exec(node.name) || ["", ""])[1];
  const endings = new Map();
  (function gather(node) {
    if (node.children.length) node.children.forEach(gather);
    else if (!node.isFolder && !node.isRest) endings.set(endingOf(node), (endings.get(endingOf(node)) || 0) + node.tokens);
  })(root);
  const ranked = [...endings].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([ending]) => ending);
  const COLOURS = 6;
  const colourOf = (ending) => Math.min(Math.max(ranked.indexOf(ending), 0), COLOURS - 1);
  const named = ranked.length > COLOURS ? ranked.slice(0, COLOURS - 1) : ranked;
  const legend = document.getElementById("legend");
  for (const ending of named) legend.append(make("li", {}, make("span", { class: "c" + colourOf(ending) }), ending || "no ending"));
  if (named.length < ranked.length) legend.append(make("li", {}, make("span", { class: "c" + (COLOURS - 1) }), "other endings"));
  legend.append(make("li", {}, make("span", { class: "folder" }), "folder"), make("li", {}, make("span", { class: "rest" }), "several small ones"));

  // Squarified rows (Bruls, Huizing and van Wijk, 2000): of entries from large to small, a row takes the next one as long as
  // that makes its boxes no longer and thinner than they are.
  const rectangles = (entries, { x, y, width, height }) => {
    const whole = entries.reduce((sum, entry) => sum + entry.tokens, 0), placed = [];
    let at = 0, rest = whole;
    while (at < entries.length) {
      const side = Math.min(width, height), scale = width * height / rest;
      const worst = (sum, least, most) => Math.max(side * side * most / (sum * sum * scale), sum * sum * scale / (side * side * least));
      let end = at + 1, sum = entries[at].tokens;
      while (end < entries.length) {
        const next = entries[end].tokens;
        if (worst(sum + next, next, entries[at].tokens) > worst(sum, entries[end - 1].tokens, entries[at].tokens)) break;
        sum += next;
        end++;
      }
      const isRow = width < height, depth = sum / rest * (isRow ? height : width);
      let along = 0;
      for (; at < end; at++) {
        const length = entries[at].tokens / sum * side;
        placed.push([entries[at], isRow ? { x: x + along, y, width: length, height: depth } : { x, y: y + along, width: depth, height: length }]);
        along += length;
      }
      if (isRow) { y += depth; height -= depth; } else { x += depth; width -= depth; }
      rest -= sum;
    }
    return placed;
  };

  const map = document.getElementById("boxes");
  const sheet = make("div", { id: "sheet" });
  map.append(sheet);
  // A folder below the one that fills the map has a line for its name, if there is room for one and for what is in it.
  const LINE = 20, GAP = 3, LEAST_AREA = 90, LEVELS = 4;
  let current = root, here = root, order = [];
  const elements = new Map(), nodes = new WeakMap();
  const label = (node) => node.name + (node.isFolder && !node.isAll && node.name !== "." && !node.name.endsWith("/") ? "/" : "");
  const draw = (node, { x, y, width, height }, level) => {
    const kind = node.isRest ? "box rest" : node.isFolder ? "box folder" : "box c" + colourOf(endingOf(node));
    const element = make("div", {
      class: kind, role: "treeitem", tabindex: "-1", "aria-level": String(level), "data-path": node.path, dir: "auto",
      "aria-label": label(node) + ", " + (node.isFolder ? "folder, " : "") + tokensOf(node) + " tokens, " + percent(node.tokens, root.tokens),
    });
    // A pixel between neighbours, but none that makes a small box vanish.
    Object.assign(element.style, { left: x + "px", top: y + "px", width: Math.max(width - 1, 1) + "px", height: Math.max(height - 1, 1) + "px" });
    const hasName = width > 34 && height > LINE;
    // A name of its own direction does not turn the number after it.
    if (hasName) element.append(make("bdi", {}, label(node)));
    if (hasName && width > 110) element.append(make("span", { class: "amount" }, tokensOf(node)));
    if (hasName && height < LINE + 4) element.style.lineHeight = height - 3 + "px";
    // Smaller than its own edges and room at the sides, it is only a spot of colour.
    if (!hasName) element.style.padding = "0";
    elements.set(node, element);
    nodes.set(element, node);
    order.push(node);
    sheet.append(element);
    const inside = { x: x + GAP, y: y + LINE, width: width - 2 * GAP - 1, height: height - LINE - GAP - 1 };
    if (hasName && level < LEVELS && inside.width > 12 && inside.height > 12) fill(node, inside, level + 1);
  };
  // The entries of a folder; those too small to be pointed at are one box together.
  const fill = (node, place, level) => {
    const scale = node.tokens ? place.width * place.height / node.tokens : 0;
    const entries = node.children.filter((child) => child.tokens).sort((a, b) => b.tokens - a.tokens);
    const large = entries.filter((child) => child.tokens * scale >= LEAST_AREA), small = entries.slice(large.length);
    if (small.length > 1) {
      const sum = (key) => small.reduce((all, child) => all + child[key], 0);
      large.push({
        name: number(small.reduce((all, child) => all + (child.entries || 1), 0)) + " small ones", isRest: true, isFolder: false, parent: node, path: node.path, children: [],
        files: sum("files"), tokens: sum("tokens"), upper: sum("upper"), bytes: sum("bytes"),
        words: small.every((child) => child.words !== null) ? sum("words") : null,
      });
      large.sort((a, b) => b.tokens - a.tokens);
    } else large.push(...small);
    if (large.length) for (const [child, rectangle] of rectangles(large, place)) draw(child, rectangle, level);
  };

  const panel = document.getElementById("panel");
  const describe = (node) => {
    const rows = [["path", node.isRest ? node.path + ": " + node.name : node.path], ["tokens", tokensOf(node)]];
    if (data.has_upper) rows.push(["at most", number(node.upper)]);
    rows.push(["of all", percent(node.tokens, root.tokens)]);
    if (current !== root && current !== node) rows.push(["of " + current.name, percent(node.tokens, current.tokens)]);
    if (data.window) rows.push(["of the window", percent(node.tokens, data.window)]);
    rows.push(["words/token", wordsPerToken(node)], ["bytes", number(node.bytes)], ["files", number(node.files)]);
    panel.replaceChildren(make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", { "data-row": name, dir: "auto" }, value)])));
  };
  const choose = (node, isFocused) => {
    const old = elements.get(here), element = elements.get(node);
    if (old) { old.classList.remove("here"); old.tabIndex = -1; old.removeAttribute("aria-selected"); }
    here = node;
    if (element) {
      element.classList.add("here");
      element.tabIndex = 0;
      element.setAttribute("aria-selected", "true");
      if (isFocused) element.focus();
    }
    describe(node);
  };

  const render = () => {
    const hadFocus = sheet.contains(document.activeElement);
    sheet.replaceChildren();
    elements.clear();
    order = [];
    const place = { x: 0, y: 0, width: map.clientWidth, height: map.clientHeight };
    if (current.children.length) fill(current, place, 1);
    else if (current.tokens) draw(current, place, 1);
    if (!order.length) sheet.append(make("p", { class: "note" }, "There are no tokens here."));
    if (!elements.has(here) && order.length) here = order[0];
    // Boxes are made anew, also when the window changes: who moves with keys must not lose the place.
    if (hadFocus && order.length) choose(here, true);
    const element = elements.get(here);
    if (element) element.tabIndex = 0;
  };

  // Where a view is: names of folders below the root, in the address, so that the browser's way back is the way out.
  const addressOf = (node) => {
    const names = [];
    for (let at = node; at.parent; at = at.parent) names.unshift(encodeURIComponent(at.name));
    return "#/" + names.join("/");
  };
  const nodeAt = (address) => {
    let node = root;
    const decoded = (name) => { try { return decodeURIComponent(name); } catch { return null; } };
    for (const name of address.replace(/^#\/?/, "").split("/").filter(Boolean).map(decoded)) {
      node = node.children.find((child) => child.name === name && child.children.length) || null;
      if (!node) return root;
    }
    return node;
  };
  const isWithin = (node, folder) => { for (let at = node; at; at = at.parent) if (at === folder) return true; return false; };
  const moveFrom = (box, frame) => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || !box || !frame.width) return;
    const scale = [box.width / frame.width, box.height / frame.height];
    return [{ transform: `translate(${box.x}px, ${box.y}px) scale(${scale[0]}, ${scale[1]})`, opacity: 0.5 }, { transform: "none", opacity: 1 }];
  };
  const boxOf = (node) => {
    const element = elements.get(node);
    return element && { x: element.offsetLeft, y: element.offsetTop, width: element.offsetWidth, height: element.offsetHeight };
  };
  const show = (node) => {
    if (node === current) return;
    const frame = { width: map.clientWidth, height: map.clientHeight }, hadFocus = sheet.contains(document.activeElement);
    const isInto = isWithin(node, current), before = current, from = isInto ? boxOf(node) : null;
    current = node;
    render();
    let frames = moveFrom(from, frame);
    const old = isInto ? null : boxOf(before);
    // Out of a folder: it begins as the whole map and shrinks to its box.
    if (old && old.width && old.height) {
      const scale = [frame.width / old.width, frame.height / old.height];
      frames = moveFrom({ x: -old.x * scale[0], y: -old.y * scale[1], width: frame.width * scale[0], height: frame.height * scale[1] }, frame);
    }
    if (frames) sheet.animate(frames, { duration: 180, easing: "ease-out" });
    const next = isInto ? order[0] : elements.has(before) ? before : order[0];
    if (next) choose(next, hadFocus);
    describe(current);
    tell();
  };
  const zoom = (node) => {
    const address = addressOf(node);
    if (node === current) return;
    location.hash = address;
    show(node);
  };
  const zoomTo = (node) => {
    const folder = node.children.length ? node : node.parent;
    if (folder && folder !== current && isWithin(folder, current)) zoom(folder); else choose(node, true);
  };
  const zoomOut = () => { if (current.parent) zoom(current.parent); };
  addEventListener("hashchange", () => show(nodeAt(location.hash)));

  const nodeOf = (event) => nodes.get(event.target.closest(".box"));
  map.addEventListener("mouseover", (event) => { const node = nodeOf(event); if (node) describe(node); });
  map.addEventListener("mouseleave", () => describe(sheet.contains(document.activeElement) ? here : current));
  map.addEventListener("click", (event) => { const node = nodeOf(event); if (node) zoomTo(node); });
  map.addEventListener("focusin", (event) => { const node = nodeOf(event); if (node) choose(node, false); });
  map.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = order.indexOf(here), parent = here.parent && elements.has(here.parent) ? here.parent : null;
    const child = order[at + 1] && order[at + 1].parent === here ? order[at + 1] : null;
    const moves = { ArrowDown: order[at + 1], ArrowUp: order[at - 1], ArrowRight: child, ArrowLeft: parent, Home: order[0], End: order[order.length - 1] };
    if (event.key in moves) { if (moves[event.key]) choose(moves[event.key], true); }
    else if (event.key === "Enter" || event.key === " ") zoomTo(here);
    else if (event.key === "Escape" || event.key === "Backspace") zoomOut();
    else return;
    event.preventDefault();
  });

  // The way to the folder that fills the map, and its entries as a table.
  const wide = document.querySelector("#list .wide");
  const LISTED = 1000;
  const cells = (node, name) => [
    make("th", { scope: "row", dir: "auto" }, name),
    make("td", { class: "number" }, tokensOf(node)),
    ...(data.has_upper ? [make("td", { class: "number" }, number(node.upper))] : []),
    make("td", { class: "number" }, percent(node.tokens, current.tokens)),
    make("td", { class: "bar" }, bar(node)),
    ...(data.window ? [make("td", { class: "number" }, percent(node.tokens, data.window))] : []),
    make("td", { class: "number" }, wordsPerToken(node)),
    make("td", { class: "number" }, number(node.bytes)),
    make("td", { class: "number" }, number(node.files)),
  ];
  const bar = (node) => {
    const element = make("span", { class: "share" });
    element.style.width = (current.tokens ? 100 * node.tokens / current.tokens : 0) + "%";
    return element;
  };
  const way = (node) => {
    const element = make("button", { type: "button" }, label(node));
    element.addEventListener("click", () => zoom(node));
    return element;
  };
  const tell = () => {
    for (const nav of document.querySelectorAll(".path")) {
      const nodes = [];
      for (let node = current; node; node = node.parent) nodes.unshift(node);
      nav.replaceChildren(...nodes.map(way));
      nav.lastElementChild.setAttribute("aria-current", "location");
    }
    const names = ["name", "tokens", ...(data.has_upper ? ["at most"] : []), "share", "", ...(data.window ? ["window"] : []), "words/token", "bytes", "files"];
    const entries = [...current.children].sort((a, b) => Boolean(a.isRest) - Boolean(b.isRest) || b.tokens - a.tokens);
    const rows = (entries.length ? entries.slice(0, LISTED) : [current]).map((node) => make("tr", {}, ...cells(node, node.children.length ? way(node) : label(node))));
    if (entries.length > LISTED) rows.push(make("tr", {}, make("th", { scope: "row" }, "and " + number(entries.length - LISTED) + " more"), make("td", { colspan: String(names.length - 1) })));
    wide.replaceChildren(make("table", { id: "entries" },
      make("thead", {}, make("tr", {}, ...names.map((name) => make("th", { scope: "col", class: name === "name" ? "" : "number" }, name)))),
      make("tbody", {}, ...rows),
      make("tfoot", {}, make("tr", {}, ...cells(current, current.isAll ? current.name : "all of " + current.path)))));
  };
  document.getElementById("basis").textContent = data.basis + (data.words === "white" ? "" : "; words: " + data.words);
  new ResizeObserver(() => { if (map.clientWidth) render(); }).observe(map);
  current = nodeAt(location.hash);
  here = current;
  tell();
  describe(current);
})();
