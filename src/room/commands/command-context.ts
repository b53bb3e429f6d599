import type { Profile } from '../../directory/profiles'
import type { CommandHandler } from '../commit/command-result'
import type { RoomSockets } from '../connections/room-sockets'
import type { RequestContext } from '../policy/authorize'

/** What every command is given beside its input. */
export interface CommandContext extends RequestContext {
  sockets: RoomSockets
  profile: Profile | undefined
}

/** What commands are given that nobody asks for: news of the directory. */
export type SystemContext = Pick<CommandContext, 'state' | 'sockets' | 'now'>

export type Handler<Input, T> = CommandHandler<CommandContext, Input, T>
