/** What a first load of deals needs, in order. */
export const steps = ['funnel', 'contact', 'deal'] as const;

/** See `steps`. */
export type Step = (typeof steps)[number];

/** What the records of the examples are called. */
export type ExampleName = 'funnel' | 'new' | 'offer' | 'won' | 'lost' | 'contact' | 'deal';

type Bodies = Record<Step, { method: string; params: object }>;

const bodies = (name: (of: ExampleName) => string): Bodies => ({
  funnel: {
    method: 'create.sales_funnel',
    params: {
      ext_id: 'sales',
      name: name('funnel'),
      stages: {
        in_process: [
          { ext_id: 'new', name: name('new'), order: 10 },
          { ext_id: 'offer', name: name('offer'), order: 20 },
        ],
        success: { ext_id: 'won', name: name('won') },
        failed: { ext_id: 'lost', name: name('lost') },
      },
    },
  },
  contact: {
    method: 'create.deal_contacts',
    params: {
      contacts: [
        { ext_id: '77', name: name('contact'), phone_numbers: ['79261234567'], emails: ['ivan@example.com'] },
      ],
    },
  },
  deal: {
    method: 'upload.deals_history',
    params: {
      deals: [
        {
          ext_id: '1001',
          name: name('deal'),
          created_date_time: '2026-03-01 12:00:00',
          modified_stage_date_time: '2026-03-01 12:00:00',
          sales_funnel_ext_id: 'sales',
          stage_ext_id: 'new',
          revenue: 15000,
          contact_ext_ids: ['77'],
          main_contact_ext_id: '77',
        },
      ],
    },
  },
});

/** A call of the Data API as a command; ready to run once the key is put in. */
export function exampleOf(
  step: Step,
  origin: string,
  key: string,
  name: (of: ExampleName) => string,
): string {
  const { method, params } = bodies(name)[step];
  return callExample(method, params, origin, key);
}

/** A command that calls a method of the Data API. */
export function callExample(method: string, params: object, origin: string, key: string): string {
  const lines = Object.entries({ access_token: key, ...params }).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${spaced(value)}`,
  );
  const body = `{\n  "jsonrpc": "2.0", "id": 1, "method": "${method}",\n  "params": {\n${lines.join(',\n')}\n  }\n}`;
  // A quote inside single quotes would end them.
  return `curl ${origin}/v2.0 -H 'Content-Type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
}

/** A value as JSON with a space where people put one; long objects break after each entry. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(spaced).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`);
    const line = pairs.join(', ');
    return line.length > 90 ? `{\n      ${pairs.join(',\n      ')}\n    }` : `{ ${line} }`;
  }
  return JSON.stringify(value);
}
