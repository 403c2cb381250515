import { createServer } from 'node:http';

/**
 * A small site of our own on loopback: every address answers the page that `html(path, cookies)` makes, with the headers given. The page may be
 * promised: its back end may have something to do first.
 */
export async function startSite(html, headers = {}) {
  const server = createServer(async (request, response) => {
    if (request.url === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const page = await Promise.resolve(html(request.url, request.headers.cookie ?? '')).catch(String);
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
    response.end(page);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

/** A page with a snippet, links, and a form that gives name and phone to the script. */
export function shopPage(snippet, path) {
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Лавка ${path.split('?')[0]}</title>
${snippet}
</head><body>
<h1>Лавка</h1>
<nav><a href="/">Главная</a> <a href="/chai/">Чай</a> <a href="/dostavka/">Доставка</a></nav>
<form><label>Имя <input name="name"></label> <label>Телефон <input name="phone"></label> <button>Перезвоните мне</button> <output></output></form>
<script>
document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  Comagic.addVisitorInfo({ name: form.elements.name.value, phone: form.elements.phone.value }, (result) => {
    form.querySelector('output').textContent = result.success ? 'Спасибо' : 'Не получилось';
  });
});
</script></body></html>`;
}

/** A page with a snippet and a form that sends a request with a phone; the answer is shown when it was taken. */
export function requestPage(snippet, path) {
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Лавка ${path.split('?')[0]}</title>
${snippet}
</head><body>
<h1>Лавка</h1>
<form><label>Телефон <input name="phone"></label> <label>Вопрос <input name="message"></label> <button>Отправить</button> <output></output></form>
<script>
document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  Comagic.addOfflineRequest({ name: 'Анна', phone: form.elements.phone.value, message: form.elements.message.value }, (result) => {
    form.querySelector('output').textContent = result.success ? 'Заявка принята' : 'Не получилось';
  });
});
</script></body></html>`;
}

/**
 * The pages of a shop whose form reloads the page: a button reports an event, and the shop's back end passes name and phone on through /vc/s/ before it
 * says thanks.
 */
export function orderPages(snippet, tracker) {
  const [, key] = snippet.match(/"setCsAccount", "([^"]+)"/);
  return async (path, cookies) => {
    const { pathname, searchParams: form } = new URL(path, 'http://shop');
    if (pathname !== '/order/') return orderPage(snippet);
    const [, ids] = cookies.match(/_comagic_id[^=]*=([^;]+)/);
    const contacts = new URLSearchParams({ sk: key, ci: decodeURIComponent(ids), hi: form.get('hit_id'), vn: form.get('name'), vp: form.get('phone') });
    const { success, error } = await (await fetch(`${tracker}/vc/s/?${contacts}`)).json();
    return orderPage(snippet, success ? 'Спасибо за заказ' : `Не получилось: ${error}`);
  };
}

function orderPage(snippet, said = '') {
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Лавка</title>
${snippet}
</head><body>
<h1>Лавка</h1><p>${said}</p>
<button type="button" onclick="Comagic.trackEvent('shop', 'price')">Узнать цену</button>
<form action="/order/"><label>Имя <input name="name"></label> <label>Телефон <input name="phone"></label> <input type="hidden" name="hit_id"> <button>Заказать</button></form>
<script>
document.querySelector('form').addEventListener('submit', (event) => {
  event.target.elements.hit_id.value = Comagic.getCredentials().hit_id;
});
</script></body></html>`;
}
