import type { Server } from 'node:http';
import { ExternalContextCreator, ModulesContainer, type ModuleRef } from '@nestjs/core';
import {
  BrokerMessageHandler,
  simpleBroker,
  UnroutedMessages,
  type MessageBroker,
} from './broker/index.js';
import {
  bridgeToEventEmitter,
  ClientOutboundChannel,
  inMessageContext,
  PublishSubscribeChannel,
  StompEventListenerExplorer,
  StompEvents,
  type ChannelInterceptor,
  type SubscribableChannel,
} from './channel/index.js';
import { DestinationRouter, prefixOf } from './destination/index.js';
import {
  DEFAULT_INSTANCE,
  Membership,
  SimpAnnotationMethodMessageHandler,
  StompExplorer,
} from './handler/index.js';
import { CompositeMessageConverter, type MessageConverter } from './message/index.js';
import { securityInterceptors } from './security/index.js';
import { resolveSessionOptions, StompServer } from './session/index.js';
import { StompCluster } from './stomp-cluster.js';
import { announce, endpointOf, TakenPaths } from './stomp-endpoints.js';
import { resolveAll, resolveOne, resolver, type Resolve } from './stomp-resolver.js';
import { StompInspection } from './stomp-inspection.js';
import { checkOptions, endpointsIn } from './stomp-option-checks.js';
import {
  ARGUMENT_RESOLVER,
  channelInterceptor,
  ERROR_HANDLER,
  MESSAGE_CONVERTER,
  RETURN_VALUE_HANDLER,
  USER_DESTINATION_RESOLVER,
} from './stomp-option-contracts.js';
import type { ChannelOptions, StompModuleOptions } from './stomp-options.js';
import { StompUserDestinations } from './stomp-user-destinations.js';
import { SimpMessagingTemplate } from './template/index.js';
import { EndpointServer, Turn, type TransportOptions } from './transport/index.js';
import {
  hasSessionScopedClasses,
  RawUserDestinationGuard,
  sessionScopes,
  SimpUserRegistry,
  type SessionDestinations,
} from './user/index.js';

/** How much larger than a frame a WebSocket message may be, so that the ERROR about the frame is what a client reads. */
const FRAME_SLACK_BYTES = 65_536;

/**
 * One STOMP server of an application: makes the rooms of the house and joins them by the three channels. What can be
 * injected is there from the start; the rest is made when Nest has made the providers that options name by class.
 */
export class StompInstance {
  readonly name: string;
  private membership!: Membership;
  readonly events = new StompEvents();
  readonly inbound = new PublishSubscribeChannel('clientInboundChannel');
  readonly outbound = new ClientOutboundChannel();
  readonly brokerChannel = new PublishSubscribeChannel('brokerChannel', () => 'all');
  readonly registry = new SimpUserRegistry(this.events, this.outbound);
  readonly template: SimpMessagingTemplate;
  readonly brokers: readonly MessageBroker[];
  /** One that did not start may be another application's. */
  private readonly started: MessageBroker[] = [];
  private readonly converters: MessageConverter[] = [];
  private readonly converter: CompositeMessageConverter;
  private readonly separator: '/' | '.';
  private readonly userPrefix: string;
  readonly router: DestinationRouter;
  private readonly unrouted: UnroutedMessages;
  private readonly turn: Turn;
  readonly inspection: StompInspection;
  readonly server: StompServer;
  handler: SimpAnnotationMethodMessageHandler | undefined;
  endpoints: EndpointServer | undefined;
  private leavePaths: (() => void) | undefined;
  readonly cluster: StompCluster;
  /** An application may be closed while it starts: what starts then goes no further. */
  private isStopped = false;

  constructor(private readonly options: StompModuleOptions) {
    this.name = options.name ?? DEFAULT_INSTANCE;
    this.separator = options.pathSeparator ?? '/';
    checkOptions(options);
    this.userPrefix = prefixOf(options.userDestinationPrefix ?? '/user/');
    this.brokers = options.brokers ?? [simpleBroker()];
    this.turn = new Turn(options.flushDelayMs);
    this.router = DestinationRouter.of({
      application: [options.applicationDestinationPrefixes ?? []].flat(),
      user: this.userPrefix,
      brokers: this.brokers.map((broker) => broker.destinationPrefixes),
      separator: this.separator,
    });
    this.unrouted = new UnroutedMessages(this.router);
    const defaults = CompositeMessageConverter.of([], options.defaultMessageConverters).converters;
    this.converters.push(...defaults);
    this.converter = new CompositeMessageConverter(this.converters);
    this.template = new SimpMessagingTemplate({
      channel: this.brokerChannel,
      messageConverter: this.converter,
      userDestinationPrefix: this.userPrefix,
    });
    // Spring says nothing of what nobody takes.
    this.brokerChannel.subscribeToRest(this.unrouted);
    this.server = new StompServer({
      inbound: this.inbound,
      outbound: this.outbound,
      router: this.router,
      events: this.events,
      turn: this.turn,
      brokers: this.brokers,
      options,
      authenticate: options.authenticate,
      shutdown: options.shutdown,
      stopAccepting: () => this.endpoints?.refuseAll(),
    });
    this.cluster = new StompCluster(this, this.router, options);
    this.inspection = new StompInspection(this, options);
  }

  /** Joins the rooms and starts the brokers; once `stop` was called, no more of it happens. */
  async start(moduleRef: ModuleRef): Promise<void> {
    if (this.isStopped) return;
    await this.joinRooms(moduleRef);
    if (this.isStopped) return;
    this.inspection.start();
    this.server.start();
    await this.startBrokers();
    if (!this.isStopped) this.cluster.start();
  }

  /** Finds handlers and listeners, and opens the endpoints on this HTTP server, if there is one; not once `stop` was called. */
  async listen(moduleRef: ModuleRef, server: Server | undefined): Promise<void> {
    if (this.isStopped) return;
    await this.handler?.start();
    const specified = endpointsIn(this.options);
    if (!server || specified.length === 0) return;
    const resolve = resolver(moduleRef);
    const endpoints = await Promise.all(specified.map((one) => endpointOf(one, resolve)));
    if (this.isStopped) return;
    this.endpoints = new EndpointServer({
      endpoints,
      transport: this.transportOptions(),
      accept: this.server.accept,
      turn: this.turn,
    });
    this.leavePaths = TakenPaths.on(server).take(specified, this.name);
    this.endpoints.attach(server);
    for (const one of specified) announce(one);
  }

  private transportOptions(): TransportOptions {
    const { options } = this;
    const enough = resolveSessionOptions(options).messageSizeLimit + FRAME_SLACK_BYTES;
    const { maxTextMessageBytes = enough, maxBinaryMessageBytes = enough } = options;
    return { ...options, maxTextMessageBytes, maxBinaryMessageBytes };
  }

  /** Ends all sessions as the option `shutdown` says, then what else clients may have opened. */
  async drain(): Promise<void> {
    await this.server.drain();
    await this.endpoints?.close({ deadlineMs: 0 });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.endpoints?.detach();
    this.leavePaths?.();
    this.handler?.stop();
    this.cluster.stop();
    const stopped = await Promise.allSettled(this.started.map(async (broker) => broker.stop()));
    this.server.stop();
    this.inspection.stop();
    for (const one of stopped) if (one.status === 'rejected') throw one.reason;
  }

  private async joinRooms(moduleRef: ModuleRef): Promise<void> {
    const { options } = this;
    const resolve = resolver(moduleRef);
    const { messageConverters, errorHandler } = options;
    this.converters.unshift(...(await resolveAll(messageConverters, MESSAGE_CONVERTER, resolve)));
    const instances = instancesIn(moduleRef.get(ModulesContainer, { strict: false }));
    const claims = instances.map(({ options: { include }, name }) => ({ name, include }));
    this.membership = new Membership({ name: this.name, include: options.include }, claims);
    if (errorHandler)
      this.server.useErrorHandler(await resolveOne(errorHandler, ERROR_HANDLER, resolve));
    this.bindListeners(moduleRef);
    await this.intercept(resolve);
    await this.subscribeRooms(moduleRef, resolve);
  }

  private async startBrokers(): Promise<void> {
    const { outbound, events, router, separator: pathSeparator } = this;
    for (const [index, broker] of this.brokers.entries()) {
      if (this.isStopped) return;
      await broker.start({ index, outbound, events, router, pathSeparator });
      // `stop` knew nothing of this one.
      if (this.isStopped) return broker.stop();
      this.started.push(broker);
    }
  }

  private async annotatedHandlers(
    moduleRef: ModuleRef,
    resolve: Resolve,
    sessionDestinations: SessionDestinations | undefined,
  ): Promise<SimpAnnotationMethodMessageHandler> {
    const { options, router, template, separator: pathSeparator } = this;
    const explorer = new StompExplorer({
      modulesContainer: moduleRef.get(ModulesContainer, { strict: false }),
      externalContextCreator: moduleRef.get(ExternalContextCreator, { strict: false }),
      membership: this.membership,
    });
    const rooms = {
      router,
      pathSeparator,
      template,
      clientOutboundChannel: this.outbound,
      messageConverter: this.converter,
      sessionDestinations,
    };
    return new SimpAnnotationMethodMessageHandler(explorer, rooms, {
      ...options,
      trackMessageContext: hasSessionScopedClasses(),
      argumentResolvers: await resolveAll(options.argumentResolvers, ARGUMENT_RESOLVER, resolve),
      returnValueHandlers: await resolveAll(
        options.returnValueHandlers,
        RETURN_VALUE_HANDLER,
        resolve,
      ),
    });
  }

  // Before brokers start, so that listeners hear of their availability.
  private bindListeners(moduleRef: ModuleRef): void {
    const { membership, events, options } = this;
    sessionScopes.bind(events);
    new StompEventListenerExplorer({
      modulesContainer: moduleRef.get(ModulesContainer, { strict: false }),
      moduleRef,
      events,
      belongs: (type, moduleType) => membership.has(type, moduleType),
      trackMessageContext: hasSessionScopedClasses(),
    }).bind();
    const { eventEmitter: emitter } = options;
    // Never made for the purpose: to such a one nobody would listen.
    if (emitter)
      bridgeToEventEmitter(
        events,
        typeof emitter === 'function' ? moduleRef.get(emitter, { strict: false }) : emitter,
      );
  }

  /** Security comes first, then the application's own interceptors. */
  private async intercept(resolve: Resolve): Promise<void> {
    const { options, separator, brokerChannel, registry } = this;
    const guard = new RawUserDestinationGuard({
      registry,
      reservedDestinations: this.cluster.destinations,
      separator,
    });
    const security = securityInterceptors(options, {
      brokerChannel,
      control: this.server,
      userDestinationPrefix: this.userPrefix,
      separator,
    });
    this.inbound.setGate(guard);
    this.inbound.addInterceptors(...security.inbound);
    this.outbound.addInterceptors(...security.outbound);
    const wrap = hasSessionScopedClasses() ? inMessageContext : asItIs;
    const own = (channel: SubscribableChannel, { interceptors }: ChannelOptions = {}) =>
      resolveAll(interceptors, channelInterceptor(channel.name), resolve);
    const inbound = await own(this.inbound, options.clientInboundChannel);
    this.inbound.addInterceptors(...inbound.map(wrap));
    const outbound = await own(this.outbound, options.clientOutboundChannel);
    this.outbound.addInterceptors(...outbound.map(wrap));
    brokerChannel.addInterceptors(...(await own(brokerChannel, options.brokerChannel)));
  }

  private async subscribeRooms(moduleRef: ModuleRef, resolve: Resolve): Promise<void> {
    const { userDestinationResolver } = this.options;
    const userDestinations = new StompUserDestinations(
      this,
      this.userPrefix,
      userDestinationResolver &&
        (await resolveOne(userDestinationResolver, USER_DESTINATION_RESOLVER, resolve)),
    );
    const handler = await this.annotatedHandlers(moduleRef, resolve, userDestinations.ofSessions);
    this.handler = handler;
    this.inbound.subscribe(handler);
    userDestinations.handler.subscribeTo(this.inbound);
    const { passOver } = this.unrouted;
    for (const [index, broker] of this.brokers.entries()) {
      this.inbound.subscribe(new BrokerMessageHandler(broker, index, this.router));
      this.brokerChannel.subscribe(new BrokerMessageHandler(broker, index, this.router, passOver));
    }
  }
}

function instancesIn(modules: ModulesContainer): StompInstance[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const instance = providers.get(StompInstance)?.instance;
    return instance instanceof StompInstance ? [instance] : [];
  });
}

const asItIs = (interceptor: ChannelInterceptor): ChannelInterceptor => interceptor;
