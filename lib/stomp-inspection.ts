import {
  Diagnostics,
  StatsLog,
  StompStats,
  type DiagnosedRooms,
  type InspectedRooms,
  type InspectionOptions,
} from './inspect/index.js';

/** What lets one look at an instance: statistics, their log, and diagnostics channels. */
export class StompInspection {
  readonly stats: StompStats;
  private readonly log: StatsLog;
  private readonly diagnostics: Diagnostics;

  constructor(
    private readonly rooms: InspectedRooms & DiagnosedRooms,
    { statsLogIntervalMs = 0 }: InspectionOptions,
  ) {
    this.stats = new StompStats(rooms);
    this.log = new StatsLog(this.stats, statsLogIntervalMs);
    this.diagnostics = new Diagnostics(rooms);
  }

  /** To be called when the rooms are there, before the brokers start. */
  start(): void {
    const { handler } = this.rooms;
    if (handler) handler.meter.observer = this.diagnostics.handlerObserver;
    this.diagnostics.start();
    this.log.start();
  }

  stop(): void {
    this.log.stop();
    this.diagnostics.stop();
  }
}
