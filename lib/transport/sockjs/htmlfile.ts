import type { ReceivingTransport } from './receiving-transport.js';

/** Old browsers show nothing of a page before they have 1 KiB. */
const PRELUDE_LENGTH = 1024;

/** An endless page in a hidden frame, with a script a frame. */
export const htmlfile: ReceivingTransport = {
  name: 'htmlfile',
  method: 'GET',
  contentType: 'text/html; charset=UTF-8',
  streaming: true,
  maxCallbackLength: Number.POSITIVE_INFINITY,
  prelude: (callback) => `${page(callback).padEnd(PRELUDE_LENGTH)}\r\n\r\n`,
  format: (frame) => `<script>\np(${inScript(frame)});\n</script>\r\n`,
};

/** A frame as a string of a script. Inside, no text that clients sent must begin markup: it could end the script. */
function inScript(frame: string): string {
  return JSON.stringify(frame).replace(/[<>]/g, (sign) => (sign === '<' ? '\\u003c' : '\\u003e'));
}

function page(callback: string): string {
  return `<!doctype html>
<html><head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
</head><body><h2>Don't panic!</h2>
  <script>
    document.domain = document.domain;
    var c = parent.${callback};
    c.start();
    function p(d) {c.message(d);};
    window.onload = function() {c.stop();};
  </script>`;
}
