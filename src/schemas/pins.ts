import { z } from 'zod'
import { Message } from './messages'
import { page } from './pages'
import { Timestamp } from './primitives'
import { Author } from './users'

export const MAX_PINS = 250

export const Pin = z
  .strictObject({ message: Message, pinnedBy: Author, pinnedAt: Timestamp })
  .meta({ id: 'Pin' })
export type Pin = z.infer<typeof Pin>

export const Pins = page(Pin, 'Pins')
