/** Finds the places of numbers in the page, and writes there. What the page itself had written is kept, and comes back when a number goes. */

import type { Block } from "../types";
import { doc, safe, settings } from "./handover";
import { numbers } from "./lease";
import type { Given } from "./types";
import { BAR, digitsOf, firstNumber, format, numberOf } from "./writing";

/** A text, or the address of a link. */
type Field = Text | Attr;

const SKIPPED = "script,style,textarea,input,meta";
const DIALS = /^(tel|callto|sms):|\/wa\.me/;

/** What a field held, what was written there, and what the page's own code did not want there. */
const kept = new WeakMap<Field, [original: string, written: string, refused?: string]>();

/** Texts before the images whose place they take. */
const stands = new Map<HTMLElement, Text>();

/** Fields that show a number since the last look at the page. */
export let wanted: Map<Field, [text: string, block: Block, number: Given]>;

/** Goes through the blocks that have a number. */
export const each = (fn: (block: Block, number: Given) => unknown) =>
  settings.p!.b.map((block) => numbers().map((number) => number.b == block.i && fn(block, number)));

/** Names a block as the page's own code knows it, and as a selector unless it is found by its number. */
export const idOf = ({ a, v }: Block) =>
  a == "name" ? `[name=${v}]` : (({ id: "#", class: ".", number: "number=" } as Record<string, string>)[a] || "") + v;

const original = (field: Field) => {
  const [before, written] = kept.get(field) || [];
  return written == field.nodeValue ? before! : field.nodeValue!;
};

const textOf = (field: Field) => (wanted.get(field) || [original(field)])[0];

/** All fields under an element, its texts first. */
const collect = (root: Element) => {
  const fields: Field[] = [];
  const links: Element[] = [root.closest("a")!];
  const walk = (node: any) => {
    if (node.nodeType == 3) fields.push(node);
    else if (node.nodeType == 1 && !node.isContentEditable && !node.matches(SKIPPED)) {
      links.push(node);
      node.childNodes.forEach(walk);
    }
  };
  walk(root);
  for (const link of links) {
    const href = link && link.getAttributeNode("href");
    if (href && DIALS.test(href.value)) fields.push(href);
  }
  return fields;
};

/** Writes a number wherever its digits stand in these fields. */
const lay = (fields: Field[], own: string, block: Block, number: Given) => {
  const text = fields.map(textOf).join(BAR);
  const parts = text
    .replace(numberOf(own), (...[found, , , at]: any[]) => {
      const before = text.slice(0, at);
      const field = fields[before.split(BAR).length - 1]!;
      const fresh = format(block, number, found, field.nodeType == 3 ? undefined : field.nodeValue![0] == "h" ? "" : "+");
      // In the page's own shape each text keeps its share; in another one the first gets all.
      return fresh.includes(BAR) ? fresh : fresh + found.replace(/[^\0]/g, "");
    })
    .split(BAR);
  fields.map((field, i) => parts[i] == textOf(field) || wanted.set(field, [parts[i]!, block, number]));
};

/** A place the site has named: an image gives way to text, its first number counts, and an empty place is filled. */
const fill = (place: HTMLElement, block: Block, number: Given) => {
  const fields = collect(place);
  const image = block.t == "image" && (place.matches("img") ? place : place.querySelector<HTMLElement>("img"));
  const found = firstNumber(fields.map(textOf).join(BAR));
  let field: Field | undefined;
  if (image) {
    const stand = (field = stands.get(image) || new Text());
    stands.set(image, stand);
    image.before(stand);
  } else if (found) lay(fields, digitsOf(found[0]), block, number);
  else if (!place.textContent!.trim() && !place.matches(SKIPPED)) field = fields[0] || place.appendChild(new Text());
  if (field) wanted.set(field, [format(block, number), block, number]);
};

/** Brings the page in line with the numbers, unless its own code does not `agree`; tells how much had to be written. */
export const render = (agree: () => unknown) => {
  const root = doc.body;
  const fields = collect(root);
  wanted = new Map();
  each(
    safe((block: Block, number: Given) =>
      block.a == "number"
        ? lay(fields, block.v, block, number)
        : root.querySelectorAll<HTMLElement>(idOf(block)).forEach((place) => fill(place, block, number)),
    ),
  );
  let agreed: unknown[] | undefined;
  const written = collect(root).filter((field) => {
    const own = original(field);
    const next = textOf(field);
    const [, , refused] = kept.get(field) || [];
    if (next == field.nodeValue) return false;
    if (wanted.has(field) && (next == refused || (agreed = agreed || [agree()])[0] === false)) {
      kept.set(field, [own, field.nodeValue!, next]);
      return !wanted.delete(field);
    }
    kept.set(field, [own, next]);
    field.nodeValue = next;
    return true;
  });
  stands.forEach((text, image) => (image.style.display = text.data && "none"));
  return written.length;
};
