import { z } from 'zod'
import { schemaId } from './schema-ids'

const Ref = z.union([z.string().max(64), z.int()])

/** What a command names its answer by. */
export const ref = Ref.optional().meta({
  description: 'Any value that you choose. The answer repeats it. Without it, there is no answer.',
  example: 'c7',
})

/** The same in the answer. */
export const echoed = Ref.meta({ description: 'The `ref` of your command.', example: 'c7' })

/** The commands of one union: `read.mark` of `Command` is `ReadMarkCommand`. */
export const commandsOf =
  (union: string) =>
  <T extends string, S extends z.ZodRawShape>(name: T, description: string, shape: S) =>
    z
      .strictObject({ do: z.literal(name), ref, ...shape })
      .meta({ id: schemaId(name, union), description })

/** What `auth` does and takes, on every socket. */
export const auth = {
  description: 'Replace the access token before it expires. An expired token closes the socket.',
  shape: {
    token: z
      .string()
      .min(1)
      .max(2048)
      .meta({ example: 'eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIwMTk5In0.c2ln' }),
  },
}
