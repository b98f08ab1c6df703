import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsString,
  Length,
  Min,
} from 'class-validator';
import { PollException } from './poll.exception.js';

const trim = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);
const trimmed = ({ value }: { value: unknown }): unknown =>
  Array.isArray(value) ? value.map(trim) : trim(value);

/** A new poll. */
export class Question {
  @Transform(trimmed)
  @IsString({ message: 'A question is text' })
  @Length(1, 120, { message: 'A question has 1 to 120 characters' })
  readonly question!: string;

  @Transform(trimmed)
  @IsArray({ message: 'Answers are a list' })
  @ArrayMinSize(2, { message: 'A poll has two answers at least' })
  @ArrayMaxSize(5, { message: 'A poll has five answers at most' })
  @ArrayUnique({ message: 'Each answer must be another one' })
  @Length(1, 60, { each: true, message: 'An answer has 1 to 60 characters' })
  readonly options!: string[];
}

/** What is ticked. */
export class Ballot {
  @IsInt({ message: 'A vote is the number of an answer' })
  @Min(0, { message: 'A vote is the number of an answer' })
  readonly option!: number;
}

/** Takes what is well-formed. */
export const pollPipe = new ValidationPipe({
  transform: true,
  stopAtFirstError: true,
  exceptionFactory: (errors: ValidationError[]) =>
    new PollException(
      errors.flatMap(({ constraints }) => Object.values(constraints ?? {})).join('. '),
    ),
});
