/** Topics and an echo on plain `ws`, as most people write it: `send` to each subscriber. */
import { WebSocket, WebSocketServer } from 'ws';

const port = Number(process.argv[2]);
const topics = new Map();
const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false });

const handlers = {
  sub(socket, { topic }) {
    let subscribers = topics.get(topic);
    if (subscribers === undefined) topics.set(topic, (subscribers = new Set()));
    subscribers.add(socket);
    socket.topics.push(topic);
    return { event: 'sub', data: { topic } };
  },
  pub(socket, data) {
    const subscribers = topics.get(data.topic);
    if (subscribers === undefined) return undefined;
    const text = JSON.stringify({ event: 'msg', data });
    for (const one of subscribers) if (one.readyState === WebSocket.OPEN) one.send(text);
    return undefined;
  },
  echo: (socket, data) => ({ event: 'echo', data: { ...data, ok: true } }),
};

server.on('connection', (socket) => {
  socket.topics = [];
  socket.on('message', (octets) => {
    const { event, data } = JSON.parse(octets);
    const reply = handlers[event]?.(socket, data);
    if (reply !== undefined) socket.send(JSON.stringify(reply));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    for (const topic of socket.topics) {
      topics.get(topic).delete(socket);
      if (topics.get(topic).size === 0) topics.delete(topic);
    }
  });
});
server.on('listening', () => console.log('listening'));
