import type { Page } from 'playwright-core';
import { knownCaller, newCalls, popUpOf } from './backend/calls';
import { newEmployees } from './backend/employees';
import { fullState, type State } from './backend/state';
import { type PageCase, testPages } from './looks';

const make = (isEmpty: boolean) => (): State => ({
  ...fullState(),
  signedIn: '1',
  employees: newEmployees(isEmpty),
  calls: newCalls(isEmpty),
});
const full = make(false);
const empty = make(true);
const press = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
};
const dialog = (name: RegExp) => async (page: Page) => {
  await press(name)(page);
  await page.getByRole('dialog').waitFor();
};
/** Three cards at once: a known caller, a hidden number, a lost call. */
const withCards = () => {
  const state = full();
  const [, , lost, , , hidden] = state.calls.calls;
  state.calls.ringing = [
    popUpOf(lost ?? {}, 'LOST', { earlierCommunications: 1 }),
    popUpOf({ ...hidden, state: 'RINGING' }, 'RINGING'),
    knownCaller('ANSWERED'),
  ];
  return state;
};
const cards = async (page: Page) => {
  await page.getByRole('article').nth(2).waitFor();
};

const cases: PageCase[] = [
  { name: 'CA-3 calls', path: '/calls', state: full },
  { name: 'CA-3 calls filtered', path: '/calls?lost=yes&back=no&methods=AMBIGUOUS&talk=5', state: full },
  { name: 'CA-3 calls empty', path: '/calls', state: empty },
  {
    name: 'CA-3 calls playing',
    path: '/calls',
    state: full,
    act: async (page) => {
      await press(/^(Слушать запись|Listen to the recording): /)(page);
      await page.getByRole('slider').first().waitFor();
    },
  },
  { name: 'CA-3 call', path: '/calls/500', state: full },
  { name: 'CA-3 call lost', path: '/calls/501', state: full },
  { name: 'CA-3 call running', path: '/calls/505', state: full },
  {
    name: 'CA-3 correction',
    path: '/calls/501',
    state: full,
    act: dialog(/^(Исправить|Correct)$/),
  },
  { name: 'CA-3 transfer', path: '/calls/505', state: full, act: dialog(/^(Перевести|Transfer)$/) },
  { name: 'RC-1 cards', path: '/sites', state: withCards, act: cards },
  { name: 'call monitor', path: '/monitor', state: full },
  { name: 'call tags', path: '/calls/tags', state: full },
  { name: 'connections', path: '/telephony', state: full },
  { name: 'connection', path: '/telephony/960', state: full },
  {
    name: 'connect access',
    path: '/telephony/connect',
    state: full,
    act: press(/^(Далее|Next)$/),
  },
  {
    name: 'connect done',
    path: '/telephony/connect',
    state: full,
    act: async (page) => {
      await press(/^(Далее|Next)$/)(page);
      await press(/^(Подключить|Attach)$/)(page);
      await page.getByLabel(/^(Секрет подписи|Signing secret)$/).waitFor();
    },
  },
];

testPages({ topic: 'calls', prefix: 'calls-', cases, narrowest: 375 });
