import { z } from 'zod'
import { page } from './pages'
import { Timestamp } from './primitives'
import { Author } from './users'

/** A user who may join a closed room. */
export const Allowed = z
  .strictObject({ user: Author, by: Author, createdAt: Timestamp })
  .meta({ id: 'Allowed' })
export type Allowed = z.infer<typeof Allowed>

export const Allowlist = page(Allowed, 'Allowlist')
