'use strict';

const words = JSON.parse(document.getElementById('words').textContent);
const byId = (id) => document.getElementById(id);
const cards = new Map(); // by key of the phone
const rang = new Set(); // what was said to ring
let version = 0;

async function act(name, values) {
  const answer = await fetch('/_ctl/pbxsim/actions/' + name, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(values || {}),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || answer.statusText);
  return body.result;
}

// attempt does something and shows in out why it could not be done.
async function attempt(out, name, values) {
  out.textContent = '';
  try {
    return await act(name, values);
  } catch (err) {
    out.textContent = err.message;
    say(err.message);
    return null;
  }
}

function say(text) { byId('said').textContent = text; }

function make(tag, text, className) {
  const el = document.createElement(tag);
  if (text) el.textContent = text;
  if (className) el.className = className;
  return el;
}

const part = (card, name) => card.querySelector(`[data-is="${name}"]`);
const button = (card, name) => card.querySelector(`[data-do="${name}"]`);
const time = (text) => new Date(text).toLocaleTimeString();

// A phone has one card, made once and changed after: focus stays where it is.
function makeCard(phone) {
  const card = byId('phone').content.firstElementChild.cloneNode(true);
  const out = card.querySelector('output');
  const to = () => card.querySelector('[name=to]').value;
  card.dataset.phone = phone.key;
  const title = card.querySelector('h3');
  title.id = 'phone-' + phone.key;
  card.setAttribute('aria-labelledby', title.id);
  for (const name of ['answer', 'decline', 'busy', 'hold', 'resume', 'complete_transfer', 'cancel_transfer', 'hang_up']) {
    button(card, name).addEventListener('click', () => attempt(out, name, { phone: phone.key }));
  }
  part(card, 'towards').addEventListener('submit', (event) => {
    event.preventDefault();
    if (button(card, 'transfer').hidden) attempt(out, 'dial', { phone: phone.key, to: to() });
    else attempt(out, 'transfer', { phone: phone.key, to: to() });
  });
  button(card, 'ask').addEventListener('click', () => attempt(out, 'transfer', { phone: phone.key, to: to(), attended: 'yes' }));
  const digits = card.querySelector('[name=digits]');
  part(card, 'keypad').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await attempt(out, 'press', { phone: phone.key, digits: digits.value })) digits.value = '';
  });
  for (const digit of '123456789*0#') {
    const key = make('button', digit);
    key.type = 'button';
    key.addEventListener('click', () => attempt(out, 'press', { phone: phone.key, digits: digit }));
    card.querySelector('.keys').append(key);
  }
  const available = button(card, 'available');
  available.addEventListener('change', () => attempt(out, 'available', { phone: phone.key, available: available.checked ? 'no' : 'yes' }));
  const rule = () => attempt(out, 'rule', { phone: phone.key, act: button(card, 'rule').value, after_ms: part(card, 'after').value });
  button(card, 'rule').addEventListener('change', rule);
  part(card, 'after').addEventListener('change', rule);
  return card;
}

function stateOf(phone) {
  if (phone.leg_state) return words[phone.leg_state] || phone.leg_state;
  return phone.state === 'free' ? words.free : words['state_' + phone.state];
}

function showCard(phone) {
  let card = cards.get(phone.key);
  if (!card) {
    card = makeCard(phone);
    cards.set(phone.key, card);
  }
  const line = Boolean(phone.ext);
  const ringing = phone.leg_state === 'ringing';
  const up = phone.leg_state === 'answered' || phone.leg_state === 'held';
  card.querySelector('h3').textContent = line ? phone.ext + (phone.name ? ' · ' + phone.name : '') : phone.key.startsWith('hidden-') ? words.hidden : '+' + phone.key;
  card.classList.toggle('ringing', ringing);
  card.dataset.state = phone.leg_state || phone.state;
  part(card, 'state').textContent = stateOf(phone);
  part(card, 'shows').textContent = phone.shows && phone.role !== 'contact' ? words.shows + ': ' + phone.shows : '';
  part(card, 'heard').textContent = phone.heard ? words.heard + ': ' + phone.heard : '';
  const shown = {
    answer: ringing, decline: ringing, busy: ringing, hang_up: phone.leg_state && !ringing,
    hold: phone.talks && phone.leg_state === 'answered' && phone.role !== 'contact' && !phone.gives, resume: phone.leg_state === 'held' && phone.role !== 'contact',
    complete_transfer: phone.gives, cancel_transfer: phone.gives,
    dial: line && !phone.leg_state, transfer: phone.talks && !phone.gives && phone.role !== 'contact', ask: phone.talks && !phone.gives && phone.role !== 'contact',
  };
  const focused = document.activeElement;
  for (const [name, is] of Object.entries(shown)) button(card, name).hidden = !is;
  part(card, 'towards').hidden = !shown.dial && !shown.transfer;
  part(card, 'keypad').hidden = !up && !(phone.role === 'contact' && phone.leg_state === 'dialing');
  if (card.contains(focused) && focused.closest('[hidden]')) { // what was pressed is gone: the next thing to press
    const next = [...card.querySelectorAll('button')].find((b) => !b.closest('[hidden]'));
    if (next) next.focus();
  }
  button(card, 'available').checked = phone.state === 'unavailable';
  if (document.activeElement !== button(card, 'rule')) button(card, 'rule').value = phone.rule;
  if (document.activeElement !== part(card, 'after') && phone.rule !== 'manual') part(card, 'after').value = phone.after_ms;
  if (ringing && !rang.has(phone.leg_id)) {
    rang.add(phone.leg_id);
    say(`${card.querySelector('h3').textContent} ${words.rings}: ${phone.shows || words.hidden}`);
  }
  return card;
}

function arrange(box, wanted) {
  for (const card of [...box.children]) if (!wanted.includes(card)) card.remove();
  wanted.forEach((card, i) => { if (box.children[i] !== card) box.insertBefore(card, box.children[i] || null); });
}

function showPhones(phones) {
  const all = phones.map((phone) => [phone, showCard(phone)]);
  arrange(byId('lines'), all.filter(([phone]) => phone.ext).map(([, card]) => card));
  const outside = all.filter(([phone]) => !phone.ext).map(([, card]) => card);
  arrange(byId('outside'), outside);
  byId('no-outside').hidden = outside.length > 0;
  const there = new Set(phones.map((phone) => phone.key));
  for (const key of [...cards.keys()]) if (!there.has(key)) cards.delete(key);
}

function showCalls(calls) {
  byId('calls').replaceChildren(...calls.map((call) => {
    const row = make('tr');
    row.dataset.call = call.call_id;
    const state = words['call_' + call.state] + (call.lost ? `, ${words.lostCall}: ${call.lost_reason}` : '');
    const legs = call.legs.map((leg) => `${leg.employee_ext || leg.number || words.hidden}: ${leg.reason || leg.state}`).join(' · ');
    for (const text of [time(call.started_at), call.call_id, state, call.caller || words.hidden, call.did || call.callee, legs]) row.append(make('td', text));
    return row;
  }));
  byId('no-calls').hidden = calls.length > 0;
}

// showLog shows rows one can open; those that are open stay so.
function showLog(box, rows) {
  const open = new Set([...box.querySelectorAll('details[open]')].map((el) => el.dataset.id));
  const focus = document.activeElement && box.contains(document.activeElement) ? document.activeElement.closest('details') : null;
  const focused = focus && focus.dataset.id;
  box.replaceChildren(...rows.map(({ id, title, body }) => {
    const el = make('details');
    el.dataset.id = id;
    el.open = open.has(id);
    el.append(make('summary', title), make('pre', body));
    return el;
  }));
  if (focused) {
    const el = [...box.children].find((one) => one.dataset.id === focused);
    if (el) el.querySelector('summary').focus();
  }
}

function delivered(event) {
  const names = { waiting: words.waiting, delivered: words.delivered, failed: words.failed, stopped: words.stopped, lost: words.lostEvent };
  const state = names[event.state] || words.notSent;
  const status = event.tries > 0 ? ` ${event.status || words.noAnswer}` : '';
  return state + status + (event.tries > 1 ? ` (${words.tries}: ${event.tries})` : '');
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 1); } catch { return text; }
}

function showEvents(events) {
  showLog(byId('events'), events.map((event) => ({
    id: event.id,
    title: `${time(event.occurred_at)} ${event.type}${event.seq ? ' #' + event.seq : ''} ${event.call_id || ''} — ${delivered(event)}`,
    body: JSON.stringify(event.data, null, 1) + (event.answer ? '\n\n← ' + event.answer : '') + (event.problem ? '\n\n← ' + event.problem : ''),
  })));
  byId('no-events').hidden = events.length > 0;
}

function showQuestions(questions) {
  showLog(byId('questions'), (questions || []).map((q) => ({
    id: q.request_id, title: `${time(q.at)} ${q.reason} ${q.call_id} — ${q.error || q.status}`, body: pretty(q.request) + '\n\n← ' + (pretty(q.answer) || words.noAnswer),
  })));
  byId('no-questions').hidden = Boolean(questions && questions.length);
}

function show(state) {
  const link = state.connection;
  byId('link').textContent = link.connected ? words.connected : link.gone ? words.gone : words.notConnected;
  byId('link').classList.toggle('bad', !link.connected);
  byId('own-address').textContent = location.origin;
  byId('token').textContent = link.token;
  const form = byId('connect');
  if (!form.contains(document.activeElement) && link.address) {
    form.elements.address.value = link.address;
    form.elements.secret.value = link.secret;
  }
  const options = [...state.numbers, ...state.phones.filter((p) => p.ext).map((p) => p.ext)];
  if (byId('numbers').children.length !== options.length) {
    byId('numbers').replaceChildren(...options.map((value) => Object.assign(document.createElement('option'), { value })));
  }
  const to = byId('place').elements.to;
  if (!to.value && document.activeElement !== to && state.numbers.length) to.value = state.numbers[0];
  showPhones(state.phones);
  showCalls(state.calls);
  showEvents(state.events);
  showQuestions(state.questions);
}

async function follow() {
  for (;;) {
    try {
      const state = await act('look', { after: String(version), wait_ms: '20000' });
      version = state.version;
      show(state);
      byId('live').textContent = words.live;
      byId('live').classList.remove('lost');
      await new Promise((done) => setTimeout(done, 60)); // many changes at once are shown at once
    } catch {
      byId('live').textContent = words.lost;
      byId('live').classList.add('lost');
      version = 0;
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

byId('connect').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(form.querySelector('output'), 'connect', { address: form.elements.address.value, secret: form.elements.secret.value });
});
document.querySelector('[data-connect=off]').addEventListener('click', (event) => attempt(event.target.form.querySelector('output'), 'connect', {}));
byId('place').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(form.querySelector('output'), 'place_call', { from: form.elements.from.value, to: form.elements.to.value });
});
byId('end-all').addEventListener('click', () => attempt(byId('place').querySelector('output'), 'end_all'));
follow();
