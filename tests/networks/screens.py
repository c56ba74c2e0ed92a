"""What the client shows: a page of work, which has far more bits in it than the fake device's."""

# Lines of text that are typed at, scrolled each second and replaced every seven seconds.
WORK = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = document.createElement('canvas');
  canvas.width = 1280; canvas.height = 720;
  const draw = canvas.getContext('2d');
  const word = k => ((k * 2654435761) >>> 0).toString(36);
  let n = 0, top = 0;
  const paint = () => {
    n++;
    if (n % 15 === 0) top += 2;
    if (n % 105 === 0) top += 1000;
    draw.fillStyle = '#fff'; draw.fillRect(0, 0, 1280, 720);
    draw.font = '16px monospace';
    for (let line = 0; line < 34; line++) {
      const at = top + line;
      draw.fillStyle = ['#000', '#048', '#840', '#080'][at % 4];
      let text = '';
      for (let k = 0; k < at * 7 % 13 + 3; k++) text += word(at * 20 + k) + ' ';
      draw.fillText(text, 20 + at % 3 * 30, 24 + line * 21);
    }
    draw.fillStyle = '#222';
    draw.fillText('typed ' + word(n) + word(n + 1).slice(0, n % 7), 700, 700);
  };
  paint();
  setInterval(paint, 66);
  return canvas.captureStream(15);
};
"""
