import { type RawData, WebSocket } from 'ws';

/** Told what a WebSocket has to tell. */
export interface WebSocketListener {
  onMessage(data: RawData, isBinary: boolean): void;
  onPing(payload: Buffer): void;
  onPong(): void;
  onError(error: Error): void;
  onClosed(code: number, reason: Buffer): void;
  /** What the client is told beside the code that `ws` closes with by itself. */
  reasonFor(code: number | undefined): string;
}

/** A WebSocket of the server with one listener: a function for each event of each socket costs more than the events. */
export class ServerWebSocket extends WebSocket {
  listener: WebSocketListener | undefined = undefined;

  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? this.listener?.reasonFor(code));
  }

  override emit(event: string | symbol, ...args: any[]): boolean {
    const { listener } = this;
    if (listener === undefined) return super.emit(event, ...args);
    switch (event) {
      case 'message':
        listener.onMessage(args[0] as RawData, args[1] as boolean);
        return true;
      case 'ping':
        listener.onPing(args[0] as Buffer);
        return true;
      case 'pong':
        listener.onPong();
        return true;
      case 'error':
        listener.onError(args[0] as Error);
        return true;
      case 'close':
        listener.onClosed(args[0] as number, args[1] as Buffer);
        return true;
      default:
        return super.emit(event, ...args);
    }
  }
}
