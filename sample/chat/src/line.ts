import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { ChatException } from './chat.exception.js';

/** What somebody says. */
export class Line {
  @IsString({ message: 'A message is text' })
  @Length(1, 1000, { message: 'A message has 1 to 1000 characters' })
  readonly text!: string;
}

/** Takes a `Line` that is well-formed. */
export const linePipe = new ValidationPipe({
  transform: true,
  stopAtFirstError: true,
  exceptionFactory: (errors: ValidationError[]) =>
    new ChatException(
      errors.flatMap(({ constraints }) => Object.values(constraints ?? {})).join('. '),
    ),
});
