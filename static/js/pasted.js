// What comes from other programs by the clipboard, before the editor reads it: bold and italic that
// are only said in styles become tags, headings become bold lines, pictures from elsewhere go.
const BOLD = /font-weight\s*:\s*(bold|[6-9]00)/i;
const LIGHT = /font-weight\s*:\s*(normal|[1-5]00)/i;
const ITALIC = /font-style\s*:\s*italic/i;

export function cleanPasted(html) {
  // The page's policy forbids style attributes, so they are read under another name.
  const source = html
    .replace(/(<[a-z][^<>]*?\s)style(\s*=)/gi, "$1data-look$2")
    .replace(/<(\/?)style\b/gi, "<$1template");
  const page = new DOMParser().parseFromString(source, "text/html");
  for (const one of page.querySelectorAll("img, picture, svg, template, script, meta, link, object")) {
    one.remove();
  }
  for (const one of page.querySelectorAll("[data-look]")) {
    const look = one.getAttribute("data-look");
    one.removeAttribute("data-look");
    const tag = one.localName;
    if ((tag === "b" || tag === "strong") && LIGHT.test(look)) one.replaceWith(...one.childNodes);
    else if (tag === "span" && BOLD.test(look)) wrap(one, "strong");
    else if (tag === "span" && ITALIC.test(look)) wrap(one, "em");
  }
  for (const one of page.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    wrap(one, "strong");
    const line = page.createElement("div");
    line.append(...one.childNodes);
    one.replaceWith(line);
  }
  return page.body.innerHTML;
}

function wrap(one, tag) {
  const inner = one.ownerDocument.createElement(tag);
  inner.append(...one.childNodes);
  one.append(inner);
}
