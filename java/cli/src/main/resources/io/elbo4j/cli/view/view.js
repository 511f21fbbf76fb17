'use strict';
// What the server sends is all there is: settings, lines of metrics and of steps, names of pictures, by run.
const runs = new Map();
const byId = id => document.getElementById(id);
const MOST_LINES = 2000, MOST_NAMED = 12, SIZE = { width: 400, height: 240 };
let chosen = null, sorted = { column: 'run', up: true }, pending = null;
let held = false;  // the slider of epochs, which must not be replaced meanwhile

const run = name => {
  if (!runs.has(name))
    runs.set(name, { name, settings: {}, pictures: [], metrics: [], steps: [], shown: true, epoch: null,
      hue: (runs.size * 137.5) % 360 });
  return runs.get(name);
};
/** A run's hue, a lightness for each of its seeds. */
const colour = (r, i = 0, count = 1) => `hsl(${r.hue} 65% ${count > 1 ? 25 + 45 * i / (count - 1) : 42}%)`;
const evaluated = line => line.test ?? line.validation;

// ---- charts: what of which file, of a run or of each seed of it
const CHARTS = [
  { title: 'ELBO, training (nats per row)', file: 'steps', y: l => l.elbo },
  { title: 'ELBO, test or validation (nats per row)', file: 'metrics', y: l => evaluated(l)?.elbo },
  { title: 'reconstruction, training (nats per row)', file: 'steps', y: l => l.reconstruction },
  { title: 'KL, training (nats per row)', file: 'steps', y: l => l.kl },
  { title: 'active units', file: 'metrics', y: l => evaluated(l)?.active_units },
  { title: 'norm of the gradients', file: 'steps', y: l => l.gradient_norm, log: true },
  { title: 'return', file: 'metrics', y: l => l.return, seeds: true },
];

/** Seconds are known of steps alone: those of the nearest line before. */
const seconds = (r, step) => {
  let low = 0, high = r.steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (r.steps[middle].step <= step) low = middle + 1; else high = middle;
  }
  return low ? r.steps[low - 1].seconds : null;
};
const place = (r, line, axis) => line[axis] ?? (axis === 'seconds' ? seconds(r, line.step) : null);

function curves(chart, axis) {
  const found = [];
  for (const r of runs.values()) {
    if (!r.shown) continue;
    const seeds = chart.seeds ? [...new Set(r[chart.file].map(l => l.seed))] : [null];
    for (const [i, seed] of seeds.entries()) {
      const points = r[chart.file].filter(l => seed === null || l.seed === seed)
        .map(l => [place(r, l, axis), chart.y(l)]).filter(p => p.every(Number.isFinite)).sort((a, b) => a[0] - b[0]);
      if (points.length)
        found.push({ label: r.name + (seed === null ? '' : ` seed ${seed}`), colour: colour(r, i, seeds.length),
          data: [points.map(p => p[0]), points.map(p => p[1])] });
    }
  }
  return found;
}

const drawn = new Map();
function draw(chart, axis) {
  const all = curves(chart, axis), old = drawn.get(chart);
  const key = JSON.stringify([axis, all.map(c => [c.label, c.colour])]);
  if (!all.length) {
    if (old) { old.plot.destroy(); old.at.remove(); drawn.delete(chart); }
    return;
  }
  const data = uPlot.join(all.map(c => c.data));
  if (old?.key === key) return old.plot.setData(data);
  old?.plot.destroy();
  const at = old?.at ?? document.createElement('div');
  const plot = new uPlot({ title: chart.title, ...SIZE, legend: { show: all.length <= MOST_NAMED }, scales: { x: { time: false }, y: { distr: chart.log ? 3 : 1 } },
    axes: [{ label: axis, labelSize: 20 }, { size: 64 }],
    series: [{ label: axis }, ...all.map(c => ({ label: c.label, stroke: c.colour, width: 1.5, spanGaps: true,
      points: { show: c.data[0].length < 30, size: 4 } }))] }, data, at);
  if (!old) byId('charts').append(at);
  drawn.set(chart, { key, plot, at });
}

// ---- table: where each run stands, and the settings that differ
const LAST = {
  step: r => (r.steps.at(-1) ?? r.metrics.at(-1))?.step, epoch: r => r.metrics.at(-1)?.epoch,
  ELBO: r => evaluated(r.metrics.at(-1) ?? {})?.elbo, KL: r => evaluated(r.metrics.at(-1) ?? {})?.kl,
  'active units': r => evaluated(r.metrics.at(-1) ?? {})?.active_units, return: r => r.metrics.at(-1)?.return,
  'rows/s': r => r.metrics.at(-1)?.samples_per_second };
const NOT_SETTINGS = /^(command|format|evaluatedOn|data\.fingerprint|position\.)/;
const shown = v => v == null ? '' : typeof v === 'number' ? (Number.isInteger(v) ? v.toLocaleString('en') : v.toPrecision(5)) : v;

function table() {
  const all = [...runs.values()];
  const names = [...new Set(all.flatMap(r => Object.keys(r.settings)))].filter(n => !NOT_SETTINGS.test(n));
  // of those that have the setting: others are of another kind
  const differing = names.filter(n => new Set(all.map(r => r.settings[n]).filter(v => v !== undefined)).size > 1);
  const columns = { run: r => r.name };
  for (const [name, of] of Object.entries(LAST)) if (all.some(r => of(r) != null)) columns[name] = of;
  for (const name of differing) columns[name] = r => { const v = r.settings[name]; return v !== undefined && v !== '' && !isNaN(v) ? Number(v) : v; };
  const of = columns[sorted.column] ?? columns.run;
  all.sort((a, b) => { const x = of(a) ?? '', y = of(b) ?? '';
    return (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', { numeric: true })) * (sorted.up ? 1 : -1); });
  const head = document.createElement('tr');
  for (const name of Object.keys(columns)) {
    const th = document.createElement('th');
    th.textContent = name + (sorted.column === name ? (sorted.up ? ' ▲' : ' ▼') : '');
    th.onclick = () => { sorted = { column: name, up: sorted.column === name ? !sorted.up : true }; table(); };
    head.append(th);
  }
  const rows = all.map(r => {
    const tr = document.createElement('tr');
    tr.className = r.name === chosen ? 'chosen' : '';
    for (const [name, value] of Object.entries(columns)) {
      const td = document.createElement('td');
      td.textContent = td.title = shown(value(r));
      if (name === 'run') {
        td.style.color = colour(r);
        td.onclick = () => { chosen = r.name; table(); detail(); };
        const box = document.createElement('input');
        box.type = 'checkbox'; box.checked = r.shown; box.title = 'in the charts';
        box.onclick = e => { e.stopPropagation(); r.shown = box.checked; later(); };
        td.prepend(box);
      }
      tr.append(td);
    }
    return tr;
  });
  document.querySelector('#runs thead').replaceChildren(head);
  document.querySelector('#runs tbody').replaceChildren(...rows);
}

// ---- the run that is looked at: KL of each dimension over time, pictures
const url = name => name.split('/').map(encodeURIComponent).join('/');
async function detail() {
  const r = runs.get(chosen);
  if (!r || held) return;
  const parts = [], title = document.createElement('h2');
  title.textContent = r.name + (r.settings.device ? ' · ' + r.settings.device : '');
  parts.push(title);
  const lines = r.metrics.length && evaluated(r.metrics[0]) ? await (await fetch(`/lines/${url(r.name)}/metrics.jsonl`)).json() : [];
  const dimensions = lines.map(l => evaluated(l)?.kl_per_dimension).filter(d => d?.length);
  if (dimensions.length) parts.push(heat(lines, dimensions));
  const groups = new Map();
  for (const { path, time } of r.pictures) {
    const name = path.slice(r.name === '.' ? 0 : r.name.length + 1), slash = name.lastIndexOf('/');
    const group = slash < 0 ? '' : name.slice(0, slash);
    groups.set(group, [...(groups.get(group) ?? []), [path, time, name.slice(slash + 1)]]);
  }
  if (groups.has('epochs')) parts.push(byEpoch(r, groups.get('epochs')));
  groups.delete('epochs');
  for (const [group, pictures] of groups) {
    const div = document.createElement('div');
    div.className = 'pictures';
    for (const [path, time, name] of pictures) {
      div.append(picture(path, time, (group ? group + '/' : '') + name));
    }
    parts.push(div);
  }
  if (chosen !== r.name || held) return;
  const focused = document.activeElement?.type === 'range';
  byId('detail').replaceChildren(...parts);
  if (focused) document.querySelector('.epochs input')?.focus();
}

function picture(path, time, name) {
  const figure = document.createElement('figure'), image = new Image(), caption = document.createElement('figcaption');
  image.src = `/picture/${url(path)}?${time}`; image.alt = caption.textContent = name;
  figure.append(image, caption);
  return figure;
}

/** Those of one epoch, chosen by a slider; as long as it is the last one, the next that comes. */
function byEpoch(r, pictures) {
  const epochs = new Map();
  for (const [path, time, name] of pictures) {
    const epoch = Number(name.match(/-(\d+)\.png$/)?.[1]);
    if (Number.isFinite(epoch)) epochs.set(epoch, [...(epochs.get(epoch) ?? []), [path, time, name]]);
  }
  const all = [...epochs.keys()].sort((a, b) => a - b), div = document.createElement('div');
  const label = document.createElement('label'), slider = document.createElement('input'), shown = document.createElement('div');
  const show = () => {
    const epoch = all[slider.value];
    label.firstChild.textContent = `epoch ${epoch} `;
    shown.replaceChildren(...epochs.get(epoch).map(p => picture(...p)));
  };
  div.className = 'epochs'; shown.className = 'pictures';
  Object.assign(slider, { type: 'range', min: 0, max: all.length - 1 });
  slider.value = r.epoch === null ? all.length - 1 : Math.max(0, all.indexOf(r.epoch));
  slider.oninput = () => { r.epoch = Number(slider.value) === all.length - 1 ? null : all[slider.value]; show(); };
  slider.onpointerdown = () => { held = true; };
  slider.onpointerup = slider.onpointercancel = () => { held = false; detail(); };
  label.append('', slider); div.append(label, shown);
  if (all.length) show();
  return div;
}

/** A column a line, a row a dimension, the darker the more nats; those that the KL has switched off stay white. */
function heat(lines, each) {
  const figure = document.createElement('figure'), caption = document.createElement('figcaption'), canvas = document.createElement('canvas');
  const height = each[0].length, most = each.reduce((m, d) => Math.max(m, ...d), 1e-9);
  canvas.className = 'heat'; canvas.width = each.length; canvas.height = height;
  canvas.style.width = `${Math.min(800, Math.max(200, each.length * 8))}px`; canvas.style.height = `${Math.max(80, Math.min(400, height * 12))}px`;
  const context = canvas.getContext('2d'), pixels = context.createImageData(each.length, height);
  each.forEach((d, x) => d.forEach((nats, y) => {
    const dark = Math.log1p(nats) / Math.log1p(most), i = 4 * (y * each.length + x);
    pixels.data.set([255 - 225 * dark, 255 - 180 * dark, 255 - 90 * dark, 255], i);
  }));
  context.putImageData(pixels, 0, 0);
  caption.textContent = `KL of each dimension, epochs ${lines[0].epoch} to ${lines.at(-1).epoch}; the darkest has ${most.toPrecision(3)} nats`;
  figure.append(canvas, caption);
  return figure;
}

// ---- news
let pause = 100;  // milliseconds: drawing takes a quarter of the time at most
function later() {
  pending ??= setTimeout(() => {
    const begin = performance.now(), axis = byId('axis').value;
    pending = null;
    CHARTS.forEach(chart => draw(chart, axis));
    table();
    pause = Math.max(100, 3 * (performance.now() - begin));
  }, pause);
}
byId('axis').onchange = later;

const source = new EventSource('/events');
source.onopen = () => { runs.clear(); byId('state').textContent = 'live'; };
source.onerror = () => { byId('state').textContent = 'not connected'; };
source.onmessage = message => {
  const news = JSON.parse(message.data);
  if (news.gone) {
    runs.delete(news.run);
    if (chosen === news.run) { chosen = null; byId('detail').replaceChildren(); }
    return later();
  }
  const r = run(news.run);
  if (news.file) {
    if (news.anew) r[news.file] = [];
    r[news.file].push(...news.lines);
    while (r[news.file].length > MOST_LINES) r[news.file] = r[news.file].filter((_, i, all) => i % 2 || i === all.length - 1);
  } else Object.assign(r, { settings: news.settings, pictures: news.pictures });
  chosen ??= news.run;
  if (chosen === news.run && (news.pictures || news.file === 'metrics')) detail();
  later();
};
