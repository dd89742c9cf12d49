/* Figures: when the first one comes near, Plotly and its data are loaded; each is drawn in the theme's style,
   with a legend, linear/log buttons and downloads made of plain HTML, so that they work by keyboard. */
(function () {
  'use strict';

  var NARROW = 520;
  var DASHES = { dot: '1.5 3', dash: '6 4', longdash: '9 4', dashdot: '6 3 1.5 3', longdashdot: '9 3 1.5 3' };
  var CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: 'reset', showTips: false, responsive: false };

  /* Pure parts: from a figure's layout to the layout that is drawn. */

  function isAxis(key) { return /^[xy]axis\d*$/.test(key); }
  function axisId(key) { return key.replace('axis', ''); }
  function axisKey(id) { return id.charAt(0) + 'axis' + id.slice(1); }
  function textOf(title) { return title && typeof title === 'object' ? title.text || '' : title || ''; }

  /** The text broken with <br> into lines of at most so many characters. */
  function wrap(text, most) {
    return text.split(' ').reduce(function (lines, word) {
      var last = lines[lines.length - 1];
      if (last && (last + ' ' + word).length <= most) lines[lines.length - 1] = last + ' ' + word;
      else lines.push(word);
      return lines;
    }, []).join('<br>');
  }

  /** The layout with the titles of its left y-axes set horizontally above their panels. */
  function titlesOnTop(layout, width) {
    var notes = (layout.annotations || []).slice();
    Object.keys(layout).forEach(function (key) {
      var axis = layout[key];
      if (!/^yaxis\d*$/.test(key) || !textOf(axis.title) || axis.side === 'right' || axis.overlaying) return;
      var anchor = axis.anchor && axis.anchor !== 'free' ? axis.anchor : 'x';
      var domain = (layout[axisKey(anchor)] || {}).domain || [0, 1];
      notes.push({
        text: wrap(textOf(axis.title), Math.floor((domain[1] - domain[0]) * width / 6.4)), showarrow: false, align: 'left',
        xref: anchor + ' domain', x: 0, xanchor: 'left', yref: axisId(key) + ' domain', y: 1, yanchor: 'bottom', yshift: 3
      });
      layout[key] = Object.assign({}, axis, { title: undefined });
    });
    layout.annotations = notes;
    return layout;
  }

  /** The layout with that axis switched to "linear" or "log"; Plotly places annotations on log axes by their logarithm. */
  function withAxisType(layout, id, type) {
    var key = axisKey(id);
    var axis = layout[key] || {};
    if ((axis.type || 'linear') === type) return layout;
    var convert = type === 'log' ? Math.log10 : function (value) { return Math.pow(10, value); };
    var range = axis.range && axis.range.map(convert);
    var changed = Object.assign({}, layout);
    changed[key] = Object.assign({}, axis, { type: type, range: range && range.every(isFinite) ? range : undefined, dtick: undefined, tickvals: undefined, ticktext: undefined });
    changed.annotations = (layout.annotations || []).map(function (note) {
      var side = id.charAt(0);
      if ((note[side + 'ref'] || 'paper') !== id) return note;
      var moved = Object.assign({}, note);
      moved[side] = convert(note[side]);
      return moved;
    });
    return changed;
  }

  /** The style that all figures share, as a Plotly template. */
  function template(colour, fonts, narrow) {
    var axis = {
      automargin: true, showline: true, linecolor: colour('control'), linewidth: 1, ticks: 'outside', ticklen: 4, tickcolor: colour('control'),
      gridcolor: colour('grid'), gridwidth: 1, zeroline: false, tickfont: { color: colour('muted') }, exponentformat: 'power', minexponent: 4,
      title: { font: { size: narrow ? 12 : 13, color: colour('ink-soft') }, standoff: 8 }
    };
    var bar = { colorbar: { outlinewidth: 0, thickness: narrow ? 8 : 12, ticklen: 3, tickcolor: colour('control'), tickfont: { color: colour('muted') }, exponentformat: 'power' } };
    var heat = Object.assign({ colorscale: Timeless.substitute({ colorscale: 'timeless-sequential' }, colour).colorscale }, bar);
    return {
      layout: {
        font: { family: fonts, size: narrow ? 12 : 13, color: colour('ink') },
        paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', showlegend: false,
        colorway: [1, 2, 3, 4, 5, 6, 7, 8].map(function (i) { return colour('series-' + i); }),
        margin: narrow ? { l: 8, r: 10, t: 30, b: 8, pad: 0 } : { l: 10, r: 14, t: 34, b: 10, pad: 0 },
        xaxis: Object.assign({}, axis, { showgrid: false }), yaxis: Object.assign({}, axis, { showline: false, ticks: '' }),
        hovermode: 'x unified', hoverdistance: 40,
        hoverlabel: { bgcolor: colour('paper-raised'), bordercolor: colour('control'), font: { family: fonts, size: 13, color: colour('ink') }, namelength: -1 },
        annotationdefaults: { font: { size: narrow ? 12 : 13, color: colour('ink-soft') }, arrowcolor: colour('muted'), arrowwidth: 1, arrowhead: 0 },
        shapedefaults: { line: { color: colour('muted'), width: 1 } }
      },
      data: {
        scatter: [{ line: { width: 2 }, marker: { size: 6 } }],
        bar: [{ marker: { line: { width: 0 } } }],
        heatmap: [heat], contour: [heat]
      }
    };
  }

  var pure = { wrap: wrap, titlesOnTop: titlesOnTop, withAxisType: withAxisType };
  if (typeof module === 'object' && module.exports) { module.exports = pure; return; }

  /* A drawn figure: {name, box, plot, data, layout, types, hidden, round}. */

  var drawn = [];

  function make(tag, className, parent) {
    var element = document.createElement(tag);
    element.className = className;
    if (tag === 'button') element.type = 'button';
    parent.append(element);
    return element;
  }

  function colourOf(name) { return Timeless.colour(name); }

  /* An axis tied to another keeps to the data, and so does the other: no empty strips beside a heat map. */
  function square(layout, key) {
    [key, axisKey(layout[key].scaleanchor)].forEach(function (each) {
      layout[each] = Object.assign({ constrain: 'domain', showgrid: false }, layout[each]);
    });
  }

  function render(figure, width, height) {
    width = width || figure.plot.clientWidth;
    height = height || figure.plot.clientHeight;
    if (!width || !height) return;
    var layout = Object.keys(figure.types).reduce(function (made, id) { return withAxisType(made, id, figure.types[id]); }, figure.layout);
    layout = titlesOnTop(Timeless.substitute(layout, colourOf), width);
    var fonts = getComputedStyle(document.documentElement).getPropertyValue('--font-ui').trim();
    var still = matchMedia('(pointer: coarse)').matches;
    Object.keys(layout).filter(isAxis).forEach(function (key) {
      layout[key] = Object.assign({}, layout[key]);
      if (typeof layout[key].title === 'string') layout[key].title = { text: layout[key].title };
      if (layout[key].scaleanchor) square(layout, key);
      layout[key].uirevision = figure.round + (figure.types[axisId(key)] || '');
      if (layout[key].type === 'log') layout[key].nticks = layout[key].nticks || 6;
      if (still) layout[key].fixedrange = true;
    });
    Object.assign(layout, { template: template(colourOf, fonts, width < NARROW), width: width, height: height, uirevision: figure.round });
    if (still) layout.dragmode = false;
    var data = Timeless.substitute(figure.data, colourOf).map(function (trace, i) {
      return figure.hidden[i] ? Object.assign(trace, { visible: false }) : trace;
    });
    figure.size = [width, height];
    return Plotly.react(figure.plot, data, layout, CONFIG);
  }

  /* Legend. */

  function swatch(trace) {
    var lines = !trace.mode || trace.mode.indexOf('lines') >= 0;
    var marks = /markers/.test(trace.mode || '');
    var line = trace.line || {};
    var marker = trace.marker || {};
    var one = function (value) { return typeof value === 'string' ? value : undefined; };
    var ink = one(line.color) || one(marker.color) || colourOf('ink');
    var body = '';
    if (trace.type && trace.type !== 'scatter') body = '<rect x="5" y="1" width="12" height="10"/>';
    else {
      if (lines) body += '<path d="M1 6h20" fill="none" stroke-width="2.5" stroke-dasharray="' + (DASHES[line.dash] || 'none') + '"/>';
      if (marks) body += /square/.test(marker.symbol) ? '<rect x="7.5" y="2.5" width="7" height="7"/>' : '<circle cx="11" cy="6" r="3.5"/>';
    }
    var svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 22 12');
    svg.setAttribute('width', '22');
    svg.setAttribute('height', '12');
    svg.setAttribute('aria-hidden', 'true');
    svg.style.stroke = svg.style.fill = ink;
    svg.innerHTML = body;
    return svg;
  }

  function legendItems(figure) {
    var seen = {};
    return figure.data.reduce(function (items, trace, i) {
      if (!trace.name || trace.showlegend === false || /heatmap|contour/.test(trace.type)) return items;
      if (trace.legendgroup && seen[trace.legendgroup]) return items;
      seen[trace.legendgroup] = true;
      var members = figure.data.map(function (other, j) { return j; }).filter(function (j) {
        return j === i || (trace.legendgroup && figure.data[j].legendgroup === trace.legendgroup);
      });
      return items.concat({ trace: trace, members: members });
    }, []);
  }

  function legend(figure) {
    var items = legendItems(figure);
    if (figure.legend) figure.legend.replaceChildren();
    if (figure.layout.showlegend === false || (items.length < 2 && !figure.layout.showlegend)) return;
    figure.legend = figure.legend || make('div', 'figure-legend', figure.box);
    figure.legend.setAttribute('role', 'group');
    figure.legend.setAttribute('aria-label', 'Show or hide');
    items.forEach(function (item) {
      var button = make('button', '', figure.legend);
      button.append(swatch(Timeless.substitute(item.trace, colourOf)), item.trace.name.replace(/<[^>]+>/g, ''));
      button.setAttribute('aria-pressed', String(!figure.hidden[item.members[0]]));
      button.addEventListener('click', function () {
        var hide = !figure.hidden[item.members[0]];
        item.members.forEach(function (i) { figure.hidden[i] = hide; });
        button.setAttribute('aria-pressed', String(!hide));
        render(figure);
      });
    });
  }

  /* The row of tools under a figure. */

  function axisSwitch(figure, id, several, tools) {
    var group = document.createElement('span');
    group.className = 'axis-switch';
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', id + ' axis');
    group.append(several ? id + ' axis' : 'Axis');
    figure.types[id] = (figure.layout[axisKey(id)] || {}).type || 'linear';
    var buttons = ['linear', 'log'].map(function (type) {
      var button = make('button', '', group);
      button.textContent = type;
      button.setAttribute('aria-pressed', String(figure.types[id] === type));
      button.addEventListener('click', function () {
        figure.types[id] = type;
        buttons.forEach(function (other) { other.setAttribute('aria-pressed', String(other === button)); });
        render(figure);
      });
      return button;
    });
    tools.prepend(group);
  }

  function addTools(figure) {
    var tools = figure.box.parentElement.querySelector('.figure-tools');
    if (!tools) return;
    var switches = [].concat((figure.layout.meta || {}).axisSwitch || []);
    switches.slice().reverse().forEach(function (id) { axisSwitch(figure, id, switches.length > 1, tools); });

    var save = make('button', 'tool', tools);
    save.textContent = 'Image (SVG)';
    save.addEventListener('click', function () {
      Plotly.downloadImage(figure.plot, { format: 'svg', filename: 'timeless-' + figure.name, width: figure.size[0], height: figure.size[1] });
    });

    var reset = make('button', 'tool', tools);
    reset.textContent = 'Reset view';
    reset.hidden = true;
    reset.addEventListener('click', function () {
      figure.round += 1;
      reset.hidden = true;
      render(figure);
      save.focus();
    });
    figure.plot.on('plotly_relayout', function (changes) {
      if (Object.keys(changes).some(function (key) { return /\.range/.test(key); })) reset.hidden = false;
      if (Object.keys(changes).some(function (key) { return /\.autorange/.test(key); })) reset.hidden = true;
    });
  }

  function draw(box, payload) {
    var figure = { name: box.dataset.figure, box: box, data: payload.data, layout: payload.layout || {}, types: {}, hidden: {}, round: 1 };
    figure.plot = make('div', 'figure-plot', box);
    figure.plot.setAttribute('aria-hidden', 'true');
    legend(figure);
    box.dataset.state = 'ready';
    render(figure);
    addTools(figure);
    drawn.push(figure);
    new ResizeObserver(function () {
      var plot = figure.plot;
      if (plot.clientWidth && (plot.clientWidth !== figure.size[0] || plot.clientHeight !== figure.size[1]) && !printing) render(figure);
    }).observe(figure.plot);
  }

  function fail(box, error) {
    var note = document.createElement('p');
    note.className = 'figure-error';
    note.setAttribute('role', 'status');
    note.textContent = 'This figure could not be drawn: ' + error.message + '. What it shows:';
    box.querySelectorAll('.figure-plot, .figure-legend, .figure-error').forEach(function (part) { part.remove(); });
    box.prepend(note);
    box.dataset.state = 'failed';
    console.error(error);
  }

  function start(box) {
    if (box.dataset.state) return Promise.resolve();
    box.dataset.state = 'loading';
    return Promise.all([Timeless.require('figure-' + box.dataset.figure), Timeless.load('vendor/plotly-cartesian.min.js')])
      .then(function (loaded) { draw(box, loaded[0]); })
      .catch(function (error) { fail(box, error); })
      .then(drawWhenIdle);
  }

  /* Once the reader has come to a first figure, the others are drawn while nothing else happens, for scrolling and for print. */
  function drawWhenIdle() {
    var next = boxes.find(function (box) { return !box.dataset.state; });
    if (!next) return;
    (window.requestIdleCallback || setTimeout)(function () { start(next); });
  }

  var boxes = Array.from(document.querySelectorAll('[data-figure]'));
  var printing = false;

  Timeless.on('theme', function () {
    drawn.forEach(function (figure) { legend(figure); if (!printing) render(figure); });
  });
  Timeless.on('print', function (begins) {
    printing = begins;
    drawn.forEach(function (figure) { if (begins) render(figure, 640, figure.size[1]); else render(figure); });
  });
  Timeless.whenNear(boxes, '600px', start);
})();
