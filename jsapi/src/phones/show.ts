/** Shows the numbers of the visit, again whenever the page has changed. */

import { doc, safe, settings } from "./handover";
import { tell } from "./lease";
import { each, idOf, render, wanted } from "./page";
import type { Phone } from "./types";
import { format } from "./writing";

declare const __cs_onReplacePhones: (phones: Phone[]) => unknown;

/** Changes of the page are answered together, after so many ms. */
const PAUSE = 50;

/** Writing anew so many times within so many ms is a fight with the page's own code. */
const TIMES = 50;
const WHILE = 5e3;

let timer: unknown;
let fights = 0;
let eye: IntersectionObserver | undefined;
let seen: unknown;

export const phones = (list: Phone[] = []) => {
  each((block, number) =>
    list.push({ id: idOf(block), img: null, text: format(block, number), raw: number.n, dt: !!number.d }),
  );
  return list;
};

export const show = safe(() => {
  timer = 0;
  if (render(() => __cs_onReplacePhones(phones()))) {
    setTimeout(() => fights--, WHILE);
    if (fights++ > TIMES) observer.disconnect();
  }
  eye =
    eye ||
    new IntersectionObserver((entries) =>
      entries.map((entry) => !seen && entry.isIntersecting && tell({ sh: (seen = 1) })),
    );
  wanted.forEach(([text], field) =>
    text == field.nodeValue ? eye!.observe(field.parentElement || doc.head) : wanted.delete(field),
  );
});

export const observer = new MutationObserver(() => {
  timer = timer || ((settings.r || doc.readyState != "complete") && setTimeout(show, PAUSE));
});
