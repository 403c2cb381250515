/** Finds the places of numbers in the page, and writes there. What the page itself had written is kept, and comes back when a number goes. */

import type { Block } from "../types";
import { doc, safe, settings } from "./handover";
import { numbers } from "./lease";
import type { Given } from "./types";
import { BAR, firstNumber, format, numberOf } from "./writing";

/** A text, or the address of a link. */
type Field = Text | Attr;

const SKIPPED = "script,style,textarea,[contenteditable]";
const DIALS = /^(tel|callto|sms):|\/wa\.me/;

/** What a field held, and what the last look at the page left there. */
const kept = new WeakMap<Field, [original: string, written: string]>();

/** Fields that show a number since the last look at the page. */
export let wanted = new Map<Field, [text: string, id: string, number: Given]>();

/** Goes through the blocks that have a number. */
export const each = (fn: (block: Block, number: Given) => unknown) =>
  settings.p!.b.map((block) => numbers().map((number) => number.b == block.i && fn(block, number)));

/** Names a block as the page's own code knows it, and as a selector unless it is found by its number. */
export const idOf = ({ a, v }: Block) =>
  a == "number" ? `number=${v}` : a == "class" ? `.${v}` : a == "id" ? `#${v}` : a == "name" ? `[name=${v}]` : v;

const original = (field: Field) => {
  const [before, written] = kept.get(field) || [];
  return written == field.nodeValue ? before! : field.nodeValue!;
};

const textOf = (field: Field) => (wanted.get(field) || [original(field)])[0];

/** All fields under an element, and in all of the link it belongs to. */
const collect = (root: Element) => {
  const fields: Field[] = [];
  const walk = (node: any) => {
    if (node.nodeType == 3) fields.push(node);
    else if (node.matches && !node.matches(SKIPPED)) {
      const link = node.attributes.href;
      if (link && DIALS.test(link.nodeValue)) fields.push(link);
      node.childNodes.forEach(walk);
    }
  };
  walk(root.closest("a") || root);
  return fields;
};

/**
 * Looks for the places of a block, and writes the number there: wherever the block's own digits stand in the page, or over the first
 * number in each place the site has named. An image gives way to text.
 */
const find = (block: Block, number: Given) => {
  const want = (field: Field, text: string) => wanted.set(field, [text, idOf(block), number]);
  const places = doc.querySelectorAll<HTMLElement>(block.a == "number" ? "body" : idOf(block));
  const put = (place: HTMLElement) => {
    const image = block.t == "image" && ((place.closest("img") || place.querySelector("img")) as any);
    if (image) {
      if (!image.i) {
        image.before((image.i = new Text()));
        image.i.i = image;
      }
      return want(image.i, format(block, number));
    }
    const fields = collect(place);
    const text = fields.map(textOf).join(BAR);
    const parts = text
      .replace(numberOf(block.a == "number" ? block.v : firstNumber(text)), (...[found, , , at]: any[]) => {
        const fresh = format(block, number, found, fields[text.slice(0, at).split(BAR).length - 1]!.nodeType == 2);
        // In the page's own shape each text keeps its share; in another one the first gets all.
        return fresh.includes(BAR) ? fresh : fresh + found.replace(/[^\0]/g, "");
      })
      .split(BAR);
    fields.map((field, i) => parts[i] == textOf(field) || want(field, parts[i]!));
  };
  places.forEach(safe(put));
};

/** Brings the page in line with the numbers, unless its own code does not `agree`; tells whether anything had to be written. */
export const render = (agree: () => unknown) => {
  let agreed: unknown[] | undefined;
  wanted = new Map();
  each(safe(find));
  let changed: unknown;
  collect(doc.body).map((field) => {
    const value = field.nodeValue!;
    const next = textOf(field);
    if (next == value) return;
    kept.set(field, [
      original(field),
      wanted.has(field) && (agreed = agreed || [agree()])[0] === false ? value : (field.nodeValue = next),
    ]);
    if ((field as any).i) (field as any).i.style.display = field.nodeValue && "none";
    changed = true;
  });
  return changed;
};
