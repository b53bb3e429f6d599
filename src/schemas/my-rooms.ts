import { z } from 'zod'
import { Cursor, Limit } from './pages'

export const MyRoomsSort = z.enum(['recent', 'visited', 'mine', 'unread', 'name'])
export type MyRoomsSort = z.infer<typeof MyRoomsSort>

export const MyRoomsList = z.enum(['all', 'favourites', 'archived', 'direct', 'unread'])
export type MyRoomsList = z.infer<typeof MyRoomsList>

export const MyRoomsQuery = z.strictObject({
  list: MyRoomsList.default('all').meta({
    description:
      'Which rooms. `archived`: those that you archived and that no message brought back. Every other list leaves those out. `all`: all others. `favourites`, `direct`: what the names say. `unread`: with unread messages or mentions, snoozed or not.',
  }),
  sort: MyRoomsSort.default('recent').meta({
    description:
      '`recent`: latest message first. `visited`: last visited first. `mine`: most of your own messages first. `unread`: most unread messages first. `name`: by name.',
  }),
  seen: z
    .string()
    .regex(/^[^:,]{1,64}:\d{1,15}(,[^:,]{1,64}:\d{1,15}){0,19}$/)
    .optional()
    .meta({
      description:
        '`{roomId}:{seq}`, for example of your last post; up to 20, separated by commas. The list normally lags behind the rooms by a moment; with this it includes these seqs and your read markers in these rooms.',
      example: '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12:4711',
    }),
  limit: Limit,
  cursor: Cursor.optional(),
})
export type MyRoomsQuery = z.infer<typeof MyRoomsQuery>
