import { Injectable } from '@nestjs/common';

/** What a share costs. */
@Injectable()
export class Depot {
  readonly price = 7;
}
