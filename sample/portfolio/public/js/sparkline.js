const WIDTH = 84;
const HEIGHT = 30;
const POINTS = 60;

/** A small line of the last minute, as SVG. */
export function sparkline() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('class', 'spark');
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = '<path class="area"/><path class="line"/>';
  return svg;
}

export function drawSparkline(svg, history) {
  const prices = history.slice(-POINTS).map(({ price }) => price);
  const isUp = prices.at(-1) >= prices[0];
  svg.classList.toggle('up', isUp);
  svg.classList.toggle('down', !isUp);
  const low = Math.min(...prices);
  const range = Math.max(...prices) - low || 1;
  const points = prices.map((price, i) => {
    const x = (i / Math.max(1, prices.length - 1)) * WIDTH;
    const y = HEIGHT - 2 - ((price - low) / range) * (HEIGHT - 4);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  svg.querySelector('.line').setAttribute('d', line);
  svg.querySelector('.area').setAttribute('d', `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`);
}
