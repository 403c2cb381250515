'use strict';
// The emulators' page: a tab per vendor, refreshed each second. Forms are made once and never made anew, so that
// nothing that is being typed is lost; only tables, lists and the clock follow the state.
const { Words: words, Vendors: vendors, FaultKinds: faultKinds } = JSON.parse(document.getElementById('data').textContent);
const shownRequests = 200;

// el makes an element: attributes, handlers (functions) and children (elements or text).
function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') e.addEventListener(name, value);
    else if (value === true) e.setAttribute(name, '');
    else if (value !== false && value != null) e.setAttribute(name, value);
  }
  e.append(...children.filter((c) => c != null));
  return e;
}

function say(text) { document.getElementById('said').textContent = text; }

async function call(method, path, body) {
  const res = await fetch('/_ctl/' + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await res.text();
  const answer = text ? JSON.parse(text) : null;
  if (!res.ok) throw new Error(answer && answer.error || String(res.status));
  return answer;
}

function copyButton(value, what) {
  const button = el('button', { type: 'button', 'aria-label': `${words.copy}: ${what}`, click: async () => {
    try {
      await navigator.clipboard.writeText(value());
    } catch {
      const field = el('textarea', { class: 'hidden-text' });
      field.value = value();
      document.body.append(field);
      field.select();
      document.execCommand('copy');
      field.remove();
      button.focus();
    }
    button.textContent = words.copied;
    say(`${words.copied}: ${what}`);
    setTimeout(() => { button.textContent = words.copy; }, 1200);
  } }, words.copy);
  return button;
}

function field(title, input) { return el('label', {}, title, input); }

// form reports what became of it below its fields.
function form(fields, label, submit) {
  const result = el('output');
  const button = el('button', { type: 'submit', class: 'main' }, label);
  return el('form', { submit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const text = await submit(event.target);
      result.className = '';
      result.textContent = text ? `${words.done}: ${text}` : words.done;
    } catch (err) {
      result.className = 'bad';
      result.textContent = err.message;
    } finally {
      button.disabled = false;
    }
    refresh();
  } }, ...fields, button, result);
}

// same tells whether something is as it was at the last call under this name.
const seen = new Map();
function same(name, value) {
  const text = JSON.stringify(value);
  if (seen.get(name) === text) return true;
  seen.set(name, text);
  return false;
}

function section(title, ...children) { return el('section', { 'aria-label': title }, el('h2', {}, title), ...children); }

class Panel {
  constructor(vendor) {
    this.kind = vendor.kind;
    this.last = -1;
    this.filter = '';
    this.tables = new Map();
    this.credentials = el('tbody');
    this.state = el('div');
    this.faults = el('ul', { class: 'quiet' });
    this.clock = el('p', { class: 'quiet' });
    this.journal = el('div', { role: 'log', 'aria-live': 'off', 'aria-label': words.journal });
    this.actions = el('div');
    this.tab = el('button', {
      type: 'button', role: 'tab', id: `tab-${vendor.kind}`, 'aria-controls': `panel-${vendor.kind}`,
      click: () => select(this), keydown: (event) => moveTab(event, this),
    }, vendor.title);
    this.element = el('div', { role: 'tabpanel', id: `panel-${vendor.kind}`, 'aria-labelledby': `tab-${vendor.kind}`, hidden: true },
      el('div', { class: 'column' }, this.connectSection(vendor), this.actionsSection(), this.faultsSection(), this.clockSection()),
      el('div', { class: 'column' }, this.journalSection(), section(words.state, this.state)));
    this.showCredentials(vendor.credentials);
  }

  path(rest) { return `${encodeURIComponent(this.kind)}/${rest}`; }

  connectSection(vendor) {
    return section(words.connect,
      el('p', { class: 'row' }, el('span', { class: 'quiet' }, words.address), el('code', {}, vendor.url), copyButton(() => vendor.url, words.address)),
      el('table', { class: 'settings' }, el('thead', { class: 'hidden-text' }, el('tr', {}, el('th', {}, words.setting), el('th', {}, words.value), el('th'))), this.credentials));
  }

  showCredentials(credentials) {
    if (same(`${this.kind} credentials`, credentials)) return;
    this.credentials.replaceChildren(...credentials.map((c) => el('tr', {},
      el('td', {}, c.setting, c.hint ? el('div', { class: 'quiet' }, c.hint) : null),
      el('td', {}, el('code', {}, c.value)),
      el('td', {}, copyButton(() => c.value, c.setting)))));
  }

  actionsSection() { return section(words.actions, this.actions); }

  showActions(actions) {
    this.actions.replaceChildren(...actions.map((action) => el('details', {},
      el('summary', {}, action.title),
      form(action.params.map((p) => field(p.title, el('input', {
        name: p.name, autocomplete: 'off', placeholder: p.default || (p.optional ? '' : words.required), required: !p.default && !p.optional,
      }))), words.do, async (f) => {
        const values = Object.fromEntries([...new FormData(f)].filter(([, value]) => value !== ''));
        const { result } = await call('POST', this.path(`actions/${encodeURIComponent(action.name)}`), values);
        return result == null ? '' : typeof result === 'string' ? result : JSON.stringify(result, null, 1);
      }))));
  }

  faultsSection() {
    const number = (name, value) => el('input', { name, type: 'number', min: 0, value });
    const kinds = faultKinds.map((kind) => el('option', { value: kind }, words[`fault_${kind}`] || kind));
    const fields = [
      field(words.faultKind, el('select', { name: 'kind' }, ...kinds)),
      field(words.faultMethod, el('input', { name: 'method', placeholder: words.any, autocomplete: 'off' })),
      field(words.faultPath, el('input', { name: 'path', placeholder: words.any, autocomplete: 'off' })),
      field(words.faultTimes, number('times', 1)),
      field(words.faultAfter, number('after', 0)),
      field(words.faultStatus, number('status', 503)),
      field(words.faultRetry, number('retry_after', 0)),
      field(words.faultDelay, number('delay_ms', 3000)),
    ];
    return section(words.faults, this.faults, form(fields, words.switchOn, async (f) => {
      const fault = Object.fromEntries([...new FormData(f)].map(([name, value]) => [name, f.elements[name].type === 'number' ? Number(value) : value]));
      if (!['status', 'html'].includes(fault.kind)) { delete fault.status; delete fault.retry_after; }
      if (fault.kind !== 'slow') delete fault.delay_ms;
      await call('POST', this.path('faults'), fault);
    }), el('button', { type: 'button', click: async () => { await call('DELETE', this.path('faults')); refresh(); } }, words.switchOff));
  }

  showFaults(faults) {
    if (same(`${this.kind} faults`, faults)) return;
    const rows = faults.map((f) => el('li', { class: 'bad' }, [
      words[`fault_${f.kind}`] || f.kind, f.status, f.method, f.path, f.after && `${words.faultAfter}: ${f.after}`,
      f.times && `× ${f.times}`, f.delay_ms && `${f.delay_ms} ms`, f.retry_after && `Retry-After ${f.retry_after}`,
    ].filter(Boolean).join(' · ')));
    this.faults.replaceChildren(...rows.length ? rows : [el('li', {}, words.noFaults)]);
  }

  clockSection() {
    const advance = async (by) => { await call('POST', this.path('clock'), { advance: by }); };
    const step = (label) => el('button', { type: 'button', click: async () => { await advance(label); refresh(); } }, `+${label}`);
    return section(words.clock, this.clock, el('p', { class: 'row' }, step('1m'), step('1h'), step('24h')),
      form([field(words.advance, el('input', { name: 'by', placeholder: '90s, 20m, 25h', required: true, autocomplete: 'off' }))], words.move, (f) => advance(f.elements.by.value)),
      el('button', { type: 'button', click: async () => {
        if (!window.confirm(words.resetAsk)) return;
        await call('POST', this.path('reset'));
        refresh();
      } }, words.reset));
  }

  showClock({ now, offset }) {
    const ahead = offset === '0s' ? '' : ` · ${words.ahead} ${offset}`;
    this.clock.textContent = `${now.slice(0, 19).replace('T', ' ')} UTC${ahead}`;
  }

  showState(tables) {
    for (const table of tables) {
      let shown = this.tables.get(table.name);
      if (!shown) {
        shown = { title: el('h3'), count: el('span', { class: 'quiet' }), head: el('thead'), body: el('tbody') };
        shown.grid = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': table.title }, el('table', {}, shown.head, shown.body));
        this.tables.set(table.name, shown);
        this.state.append(el('details', { open: true },
          el('summary', {}, shown.title, ' ', shown.count),
          shown.grid));
      }
      if (selecting(shown.body) || same(`${this.kind} table ${table.name}`, table)) continue;
      shown.title.textContent = table.title;
      shown.count.textContent = table.total === table.rows.length ? String(table.total || words.empty) : `${table.total}, ${words.shown} ${table.rows.length}`;
      shown.grid.hidden = table.total === 0;
      shown.head.replaceChildren(el('tr', {}, ...table.columns.map((c) => el('th', { scope: 'col' }, c))));
      shown.body.replaceChildren(...table.rows.map((row) => el('tr', {}, ...row.map((cell) => el('td', {}, cell)))));
    }
  }

  journalSection() {
    this.none = el('p', { class: 'quiet' }, words.noRequests);
    const filter = el('input', { type: 'search', 'aria-label': words.filter, placeholder: words.filter, autocomplete: 'off', input: () => {
      this.filter = filter.value;
      for (const entry of this.journal.children) entry.hidden = !entry.dataset.path.includes(this.filter);
    } });
    return section(words.journal,
      el('p', { class: 'row' }, filter, el('button', { type: 'button', click: async () => { await call('DELETE', this.path('journal')); refresh(); } }, words.clear)),
      this.none, this.journal);
  }

  showJournal({ entries, first, last }) {
    if (last < this.last) { this.journal.replaceChildren(); this.last = -1; return; } // the emulators were started anew
    for (const e of entries) {
      if (e.number <= this.last) continue;
      this.journal.prepend(this.entry(e));
      this.last = e.number;
    }
    this.last = Math.max(this.last, entries.length ? last - shownRequests : last); // far behind, the oldest are left out
    const rows = [...this.journal.children];
    rows.forEach((row, i) => { if (i >= shownRequests || Number(row.dataset.number) < first) row.remove(); });
    this.none.hidden = this.journal.children.length > 0;
  }

  entry(e) {
    const details = el('details', { 'data-number': e.number, 'data-path': e.path },
      el('summary', {},
        el('span', { class: e.status >= 400 || e.status === 0 || e.fault ? 'status bad' : 'status' }, e.status ? String(e.status) : words.closed),
        el('span', { class: 'path' }, `${e.method} ${e.path}${e.query ? '?' + decode(e.query) : ''}`),
        el('span', { class: 'quiet' }, ` ${e.at.slice(11, 19)}${e.fault ? ' · ' + (words[`fault_${e.fault}`] || e.fault) : ''}`)));
    details.hidden = !e.path.includes(this.filter);
    details.addEventListener('toggle', () => { // bodies are written out only when somebody looks
      if (details.childElementCount > 1) return;
      details.append(el('h3', {}, words.request), el('pre', { tabindex: 0 }, headers(e.header) + body(e.request, e.header)),
        el('h3', {}, words.response), el('pre', { tabindex: 0 }, headers(e.response_header) + body(e.response, e.response_header)));
    });
    return details;
  }

  async refresh() {
    if (!this.actions.childElementCount) this.showActions((await call('GET', this.path('actions'))).actions);
    const after = this.last < 0 ? '' : `&after=${this.last}`;
    const [state, faults, clock, journal] = await Promise.all([
      call('GET', this.path('state')), call('GET', this.path('faults')), call('GET', this.path('clock')),
      call('GET', this.path(`journal?limit=${shownRequests}${after}`)),
    ]);
    this.showCredentials(state.credentials);
    this.showState(state.tables);
    this.showFaults(faults.faults);
    this.showClock(clock);
    this.showJournal(journal);
  }
}

function decode(query) {
  try { return decodeURIComponent(query.replaceAll('+', ' ')); } catch { return query; }
}

function headers(header) {
  const lines = Object.entries(header || {}).map(([name, values]) => `${name}: ${values.join(', ')}`);
  return lines.length ? lines.join('\n') + '\n\n' : '';
}

function body(text, header) {
  if (!text) return words.noBody;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { /* no JSON */ }
  const type = (header && header['Content-Type'] || []).join();
  return type.includes('x-www-form-urlencoded') ? decode(text).replaceAll('&', '\n') : text;
}

// selecting tells whether somebody marks text in an element, to copy it say.
function selecting(element) {
  const selection = document.getSelection();
  return selection && !selection.isCollapsed && element.contains(selection.anchorNode);
}

const panels = vendors.map((vendor) => new Panel(vendor));
let active = null;

function select(panel) {
  active = panel;
  for (const p of panels) {
    p.element.hidden = p !== panel;
    p.tab.setAttribute('aria-selected', String(p === panel));
    p.tab.tabIndex = p === panel ? 0 : -1;
  }
  history.replaceState(null, '', `#${panel.kind}`);
  refresh();
}

function moveTab(event, panel) {
  const at = panels.indexOf(panel);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: panels.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = panels[(to + panels.length) % panels.length];
  select(next);
  next.tab.focus();
}

// refresh runs one at a time; a wish that comes meanwhile is fulfilled right after.
let running = false;
let wanted = false;
async function refresh() {
  if (!active) return;
  if (running) { wanted = true; return; }
  running = true;
  const live = document.getElementById('live');
  try {
    do {
      wanted = false;
      await active.refresh();
    } while (wanted);
    live.className = '';
    live.textContent = words.live;
  } catch {
    live.className = 'lost';
    live.textContent = words.lost;
  } finally {
    running = false;
  }
}

document.getElementById('tabs').append(...panels.map((p) => p.tab));
document.getElementById('panels').append(...panels.map((p) => p.element));
if (panels.length) {
  select(panels.find((p) => `#${p.kind}` === location.hash) || panels[0]);
  setInterval(() => { if (!document.hidden) refresh(); }, 1000);
}
