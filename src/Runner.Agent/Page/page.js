// What the page does beyond its tables: it takes over changes as they come, lets times go on, and shows a job's log.
'use strict';

const live = document.getElementById('live');

function say(text, kind) {
  live.textContent = text;
  live.className = 'badge ' + kind;
  live.hidden = false;
}

// The words of ShownWords.Duration.
function duration(seconds) {
  const two = number => String(Math.floor(number)).padStart(2, '0');
  if (seconds < 9.95) return Math.max(0, seconds).toFixed(1) + 's';
  if (seconds < 60) return Math.floor(seconds) + 's';
  if (seconds < 3600) return Math.floor(seconds / 60) + 'm ' + two(seconds % 60) + 's';
  if (seconds < 86400) return Math.floor(seconds / 3600) + 'h ' + two(seconds % 3600 / 60) + 'm';
  return Math.floor(seconds / 86400) + 'd ' + two(seconds % 86400 / 3600) + 'h';
}

// The agent's clock is not ours.
let skew = 0;
function readClock() {
  const now = document.querySelector('main[data-now]');
  if (now) skew = Date.parse(now.dataset.now) - Date.now();
}

function tick() {
  for (const element of document.querySelectorAll('[data-since]')) {
    element.textContent = duration((Date.now() + skew - Date.parse(element.dataset.since)) / 1000);
  }
}

let isLoading = false;
let isStale = false;

async function refresh() {
  const main = document.querySelector('main[data-watch]');
  if (!main || document.hidden || isLoading) { isStale = true; return; }
  isLoading = true;
  isStale = false;
  try {
    const answer = await fetch(main.dataset.watch, { cache: 'no-store' });
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    if (answer.ok && next) {
      main.replaceWith(document.adoptNode(next));
      readClock();
    }
  } catch {
    say('not reached', 'bad');
  } finally {
    isLoading = false;
    if (isStale) setTimeout(refresh, 500);
  }
}

function watch() {
  const events = new EventSource(document.body.dataset.root + 'api/v1/events');
  let isFirst = true;
  events.onopen = () => say('live', 'live');
  events.addEventListener('change', () => {
    if (!isFirst) refresh();
    isFirst = false;
  });
  events.onerror = () => {
    say('not live', 'bad');
    if (events.readyState === EventSource.CLOSED) setTimeout(() => { watch(); refresh(); }, 10000);
  };
}

// Lines of a log: the time is put apart, GitHub's marks become form, colours of programs go.
const maxLines = 5000;
const marks = { group: '▾ ', error: 'error: ', warning: 'warning: ', notice: 'notice: ', debug: 'debug: ', command: '', section: '' };

function show(log, line) {
  const row = document.createElement('span');
  const stamped = /^(\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\S*Z) (.*)$/.exec(line);
  if (stamped) {
    const time = document.createElement('time');
    time.dateTime = stamped[1];
    time.textContent = stamped[2];
    row.append(time);
  }
  let text = (stamped ? stamped[3] : line).replace(/\u001b\[[0-9;:?]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '');
  const mark = /^##\[(\w+)\](.*)$/.exec(text);
  if (mark && mark[1] === 'endgroup') return;
  if (mark && Object.hasOwn(marks, mark[1])) {
    row.className = 'log-' + mark[1];
    text = marks[mark[1]] + mark[2];
  }
  row.append(text);
  log.append(row);
  while (log.childElementCount > maxLines) log.firstElementChild.remove();
}

async function follow(log) {
  const state = document.getElementById('log-state');
  const answer = await fetch(log.dataset.log, { cache: 'no-store' });
  if (answer.status === 409) {
    state.textContent = 'not begun';
    setTimeout(() => follow(log).catch(() => { state.textContent = 'cut'; }), 1000);
    return;
  }
  if (!answer.ok) {
    state.textContent = (await answer.json()).error;
    return;
  }
  state.textContent = 'live';
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 40;
    const lines = (rest + (value ?? '')).split('\n');
    rest = done ? '' : lines.pop().slice(0, 65536);
    for (const line of lines) if (line !== '' || !done) show(log, line);
    if (isAtEnd) log.scrollTop = log.scrollHeight;
    if (done) break;
  }
  state.textContent = 'ended';
}

readClock();
setInterval(tick, 1000);
document.addEventListener('visibilitychange', () => { if (isStale) refresh(); });
if (document.querySelector('main[data-watch]')) watch();
const log = document.getElementById('log');
if (log) follow(log).catch(() => { document.getElementById('log-state').textContent = 'cut'; });
