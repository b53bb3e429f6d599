import { z } from 'zod'
import { Emoji } from './emoji'
import { page } from './pages'
import { Author } from './users'

export const MAX_EMOJI_PER_MESSAGE = 20

const fields = { emoji: Emoji, count: z.int().min(1).meta({ example: 3 }) }

/** How many users react to a message with one emoji. */
export const SharedReaction = z.strictObject(fields).meta({ id: 'SharedReaction' })
export type SharedReaction = z.infer<typeof SharedReaction>

export const Reaction = z
  .strictObject({
    ...fields,
    me: z.boolean().meta({ description: 'Whether you react with this emoji.' }),
  })
  .meta({ id: 'Reaction' })
export type Reaction = z.infer<typeof Reaction>

export const Reactors = page(Author, 'Reactors')
