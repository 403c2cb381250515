import { type RawSearch, wordParam } from '@/ui/searchParams';
import type { Graph, Operation } from './graph';
import { sizes } from './layout';

/** Scenarios to begin with. */
export const templates = ['direct', 'hours', 'manager'] as const;

/** See `templates`. */
export type Template = (typeof templates)[number];

/** Reads which template a new scenario is made of. */
export function readTemplate(raw: RawSearch): { template?: Template } {
  const template = wordParam(raw, 'template', templates);
  return template ? { template } : {};
}

const column = sizes.width + sizes.gapX;

function at(id: string, type: string, x: number, y: number, rest: Partial<Operation> = {}): Operation {
  return {
    id,
    type,
    title: '',
    settings: {},
    exits: {},
    x: sizes.margin + x * column,
    y: sizes.margin + y,
    ...rest,
  };
}

/** The graph of a template; whom to ring and what to play is still to be chosen. */
export function graphOfTemplate(template: Template): Graph {
  switch (template) {
    case 'direct':
      return {
        start: 'forward-1',
        fallback: '',
        operations: [at('forward-1', 'forward', 0, 0, { settings: { to: ['employee'] } })],
      };
    case 'hours':
      return {
        start: 'schedule-1',
        fallback: '',
        operations: [
          at('schedule-1', 'schedule', 0, 0, { exits: { open: 'menu-1', closed: 'voicemail-1' } }),
          at('menu-1', 'menu', 1, 0, { exits: { '1': 'forward-1', timeout: 'forward-1' } }),
          at('forward-1', 'forward', 2, 0, {
            settings: { to: ['group'] },
            exits: { no_answer: 'voicemail-1' },
          }),
          at('voicemail-1', 'voicemail', 1, 200),
        ],
      };
    case 'manager':
      return {
        start: 'crm_manager-1',
        fallback: '',
        operations: [
          at('crm_manager-1', 'crm_manager', 0, 0, { exits: { forward_failed: 'forward-1' } }),
          at('forward-1', 'forward', 1, 0, { settings: { to: ['group'] } }),
        ],
      };
  }
}
