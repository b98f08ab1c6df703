import { IsInt, Matches, Max, Min } from 'class-validator';
import { int, list, nullable, object, ReadPipe, text } from './json.js';

export class Person {
  name!: string | null;
  age!: number | null;
  tags!: (string | null)[] | null;
}

export const readPerson = new ReadPipe<Person>((value) => {
  const { name, age, tags } = object(value);
  return Object.assign(new Person(), {
    name: nullable(text)(name),
    age: nullable(int)(age),
    tags: nullable(list(nullable(text)))(tags),
  });
});

export class ValidPerson {
  @Matches(/\S/)
  name!: string | null;

  @IsInt()
  @Min(0)
  @Max(150)
  age!: number;
}

export const readValidPerson = new ReadPipe<ValidPerson>((value) => {
  const { name, age } = object(value);
  return Object.assign(new ValidPerson(), { name: nullable(text)(name), age: int(age) });
});
