import { ValidationPipe } from '@nestjs/common';
import { IsString, Length } from 'class-validator';

/** What somebody says. */
export class Line {
  @IsString()
  @Length(1, 1000)
  readonly text!: string;
}

/** Takes a `Line` that is well-formed. */
export const linePipe = new ValidationPipe({ transform: true });

/** What the others get to see of it. */
export interface Said {
  readonly from: string;
  /** The only other one who can read it. @default everybody */
  readonly to?: string;
  readonly text: string;
  /** The node that the speaker is connected to. */
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
