import { isPending, pendingSend, type PendingSend, type SendResult } from '../channel/index.js';
import { StompCommand } from '../frame/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import { notConnected } from './frame-refused.exception.js';
import { FrameQueue, type FrameQueueOwner } from './frame-queue.js';
import type { Admission } from './frame-rules.js';
import type { SessionHost } from './session-host.js';
import type { SessionSubscription, SessionSubscriptions } from './session-subscriptions.js';
import type { SessionTransactions } from './session-transactions.js';
import type { SessionWriter } from './session-writer.js';

/** The session whose frames these are. */
export interface FlowOwner {
  readonly isConnected: boolean;
  readonly writer: SessionWriter;
  readonly subscriptions: SessionSubscriptions;
  readonly transactions: SessionTransactions;
  /** Takes a CONNECT frame as far as clientInboundChannel. */
  connect(message: Message<Buffer>): SendResult;
  onConnectComplete(): void;
  onConnectDropped(): void;
  /** Takes a DISCONNECT frame. */
  goodbye(message: Message<Buffer>): void;
  /** A subscription took effect, or ended. */
  announce(subscription: SessionSubscription): void;
  announceEnd(subscription: SessionSubscription, message: Message): void;
  /** So many frames are in work that no more should be read, or there is room again. */
  onFlowPaused(paused: boolean): void;
  /** Everything that was in work is complete. */
  onWorkDone(): void;
  /** A frame came; heart-beats are none. */
  onFrame(): void;
  /** Answers with ERROR; true when the session lives on. @param message the frame, when there is one */
  fail(error: unknown, message?: Message<Buffer>): boolean;
  /** All frames have been looked at, and no more will come. */
  leave(): void;
}

const END = Symbol('end of the session');
type Entry = Message<Buffer> | Error | typeof END;

/**
 * The frames of one session on their way in: each is checked and sent to clientInboundChannel when the one before is
 * entered, and answered with RECEIPT when it is complete.
 */
export class FrameFlow implements FrameQueueOwner<Entry> {
  private readonly queue: FrameQueue<Entry>;
  /** The subscription whose SUBSCRIBE is on its way through the interceptors. */
  private subscribing: SessionSubscription | undefined;
  /** Whether the interceptors let the present frame pass: subscribers saw it. */
  private hasPassed = false;
  /** Frames of transactions that wait for their RECEIPT: they keep nothing waiting, as it may come after COMMIT only. */
  private unconfirmed = 0;

  constructor(
    private readonly session: FlowOwner,
    private readonly host: SessionHost,
  ) {
    this.queue = new FrameQueue<Entry>(host.options.maxFramesInFlight, this);
  }

  /** Frames that were entered and are not complete. */
  get inWork(): number {
    return this.queue.inWork + this.unconfirmed;
  }

  get isIdle(): boolean {
    return this.queue.length === 0 && this.inWork === 0;
  }

  /** A frame, or why what came was none; its turn comes behind those before it. */
  push(entry: Message<Buffer> | Error): void {
    this.session.onFrame();
    this.queue.push(entry);
  }

  /** Calls `session.leave()` behind the frames that were received. */
  end(): void {
    this.queue.push(END);
    this.queue.unlimit();
  }

  /** Frames that were not looked at yet never will be. */
  forget(): void {
    this.queue.clear();
  }

  /** Sends what is no frame, such as a heart-beat, in its turn. */
  passOn(message: Message<Buffer>): void {
    try {
      this.follow(message, this.host.inbound.send(message));
    } catch (error) {
      this.session.fail(error, message);
    }
  }

  /** What the interceptors made of the frame that is being sent, when it is no SEND. */
  onPassed(message: Message): void {
    this.hasPassed = true;
    const { subscribing } = this;
    const { destination, messageType } = message.headers.fields;
    if (messageType !== SimpMessageType.SUBSCRIBE) return;
    if (subscribing === undefined || destination === undefined) return;
    subscribing.message = message;
    subscribing.destination = destination;
    subscribing.brokers = this.host.router.route(destination).brokers;
  }

  /** Follows a message on its way: RECEIPT or ERROR when it is complete, the next frame when it is entered. */
  follow(message: Message<Buffer>, result: SendResult, admission?: Admission): void {
    if (!isPending(result)) return this.settle(result, message, admission);
    const { command } = message.headers.fields;
    const unconfirmedBytes = admission?.unconfirmedBytes;
    const isWhole =
      (this.host.options.preserveReceiveOrder && unconfirmedBytes === undefined) ||
      command === StompCommand.CONNECT ||
      command === StompCommand.STOMP;
    this.begin(unconfirmedBytes);
    this.queue.hold();
    if (isWhole) this.followWhole(message, result.completed, admission);
    else this.followParts(message, result, admission);
  }

  onPause(paused: boolean): void {
    this.session.onFlowPaused(paused);
  }

  process(entry: Entry): void {
    if (entry === END) return this.session.leave();
    if (entry instanceof Error) return void this.session.fail(entry);
    try {
      this.handle(entry);
    } catch (error) {
      this.session.fail(error, entry);
    }
  }

  private handle(message: Message<Buffer>): void {
    const { session } = this;
    const { command } = message.headers.fields;
    if (command === StompCommand.CONNECT || command === StompCommand.STOMP)
      return this.follow(message, session.connect(message));
    if (!session.isConnected) throw notConnected(String(command));
    const admission = this.host.rules.admit(message, session);
    if (command === StompCommand.DISCONNECT) return session.goodbye(message);
    if (admission?.done) return this.answer(message);
    this.subscribing = command === StompCommand.SUBSCRIBE ? admission?.subscription : undefined;
    this.hasPassed = false;
    try {
      this.follow(message, this.send(message, admission?.begin), admission);
    } catch (error) {
      this.refuse(error, message, admission);
    }
  }

  /** ERROR; when the session lives on after it, a frame that no subscriber saw has no effect. */
  private refuse(
    error: unknown,
    message: Message<Buffer>,
    admission: Admission | undefined,
    wasSeen = this.hasPassed,
  ): void {
    const livesOn = this.session.fail(error, message);
    if (livesOn && admission && !wasSeen)
      this.host.rules.takeBack(message, admission, this.session);
  }

  private send(message: Message<Buffer>, begin: Message<Buffer> | undefined): SendResult {
    const { inbound } = this.host;
    const begun = begin === undefined || inbound.sendUnintercepted(begin);
    if (!isPending(begun)) return inbound.send(message);
    return pendingSend(begun.entered.then(() => inbound.send(message)));
  }

  private followWhole(
    message: Message<Buffer>,
    completed: Promise<boolean>,
    admission: Admission | undefined,
  ): void {
    void completed
      .then((sent) => this.settle(sent, message, admission))
      .catch((error: unknown) => this.refuse(error, message, admission))
      .finally(() => {
        this.finish();
        this.release();
      });
  }

  private followParts(
    message: Message<Buffer>,
    { entered, completed }: PendingSend,
    admission: Admission | undefined,
  ): void {
    const unconfirmedBytes = admission?.unconfirmedBytes;
    let refused = false;
    const refuse = (error: unknown, wasSeen?: boolean): void => {
      if (!refused) this.refuse(error, message, admission, wasSeen);
      refused = true;
    };
    void entered
      .then((sent) => {
        if (!sent) this.drop(message, admission);
      })
      .catch((error: unknown) => refuse(error))
      .finally(() => {
        if (unconfirmedBytes !== undefined) this.queue.finish();
        this.release();
      });
    void completed
      .then((sent) => {
        if (sent) this.complete(message, admission);
      })
      // Entered, and perhaps others were since.
      .catch((error: unknown) => refuse(error, true))
      .finally(() => this.finish(unconfirmedBytes));
  }

  private settle(sent: boolean, message: Message<Buffer>, admission: Admission | undefined): void {
    if (sent) this.complete(message, admission);
    else this.drop(message, admission);
  }

  private drop(message: Message<Buffer>, admission: Admission | undefined): void {
    this.host.statistics.dropped++;
    const { command } = message.headers.fields;
    if (command === StompCommand.CONNECT || command === StompCommand.STOMP)
      return this.session.onConnectDropped();
    if (admission) this.host.rules.takeBack(message, admission, this.session);
  }

  private complete(message: Message<Buffer>, admission: Admission | undefined): void {
    switch (message.headers.fields.command) {
      // STOMP 1.2, Standard Headers: any frame but CONNECT may ask for a receipt.
      case StompCommand.CONNECT:
      case StompCommand.STOMP:
        return this.session.onConnectComplete();
      case StompCommand.SUBSCRIBE:
        this.session.announce(admission!.subscription!);
        break;
      case StompCommand.UNSUBSCRIBE:
        this.session.announceEnd(admission!.subscription!, message);
        break;
      default:
    }
    this.answer(message);
  }

  private answer(message: Message<Buffer>): void {
    const receipt = message.headers.fields.native.get('receipt');
    if (receipt === undefined) return;
    const { writer } = this.session;
    // Not before the messages that the frame led to.
    const before = this.host.pendingOutbound(message.headers.sessionId!);
    if (before) void before.then(() => writer.receipt(receipt));
    else writer.receipt(receipt);
  }

  private begin(unconfirmedBytes: number | undefined): void {
    this.queue.begin();
    this.host.frameBegan();
    if (unconfirmedBytes === undefined) return;
    this.unconfirmed++;
    this.session.transactions.awaitReceipt(unconfirmedBytes);
  }

  private release(): void {
    this.queue.release();
    if (this.isIdle) this.session.onWorkDone();
  }

  private finish(unconfirmedBytes?: number): void {
    this.host.frameFinished();
    if (unconfirmedBytes === undefined) this.queue.finish();
    else {
      this.unconfirmed--;
      this.session.transactions.confirmed(unconfirmedBytes);
    }
    if (this.inWork === 0) this.session.onWorkDone();
  }
}
