import type { BlockPlace, BlockTemplate, SiteBlockFieldsFragment } from '@/graphql/generated/graphql';

/** How places are found, the usual first. */
export const blockPlaces = ['CLASS', 'ID', 'NAME', 'SELECTOR', 'NUMBER'] as const satisfies BlockPlace[];

/** What stands in the places before. */
export const blockTemplates = ['TEXT', 'IMAGE'] as const satisfies BlockTemplate[];

/** A block being edited. */
export interface BlockValues {
  name: string;
  by: BlockPlace;
  value: string;
  template: BlockTemplate;
  mask: string;
  wording: string;
}

/** What an example of a place looks like. */
export const placeExamples: Record<BlockPlace, string> = {
  CLASS: 'phone',
  ID: 'header-phone',
  NAME: 'phone',
  SELECTOR: 'header .phone a',
  NUMBER: '+7 495 123-45-67',
};

/** Begins with a block; a new one writes nothing but the number. */
export function blockValues(block: SiteBlockFieldsFragment | undefined): BlockValues {
  return {
    name: block?.name ?? '',
    by: block?.by ?? 'CLASS',
    value: block?.value ?? '',
    template: block?.template ?? 'TEXT',
    mask: block?.mask ?? '',
    wording: block?.wording ?? '',
  };
}
