import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { ThrottledController } from './throttled.controller.js';

/** Apart from the rest, because Jest on Node 20 cannot load @nestjs/throttler beside Nest's ES modules. */
@Module({
  imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 3 }])],
  controllers: [ThrottledController],
})
export class ThrottledModule {}
