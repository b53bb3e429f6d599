import type { Event } from '../../schemas/events'
import type { InboxUpdate } from '../../schemas/inbox'
import type { Live } from '../../schemas/socket'

/** Signals for the sockets of one user, and what their inbox is told besides. */
export interface Personal {
  userId: string
  live: Live[]
  mention?: Omit<Extract<InboxUpdate, { type: 'mention' }>, 'type' | 'roomId'>
}

/** What a command decided: its answer, and the durable changes that everyone is told. */
export interface CommandResult<T> {
  value: T
  events?: Event[]
  /** What everyone is told and nobody stores. */
  live?: Live[]
  /** What every socket is told but the one that sent the command. */
  others?: Live[]
  /** What all sockets of one user are told, and nobody else. */
  personal?: Personal[]
  /** Closes someone's sockets. Runs after everything up to here was broadcast, before the next command. */
  closeSockets?: () => void
  /** Updates what is kept in memory, once the command's rows are written. */
  updateMemory?: () => void
}

/** A command with its context and input, ready for the queue. */
export interface Command<T> {
  run: () => CommandResult<T>
  /** It changes storage whole or not at all by itself, so the queue opens no transaction around it. */
  isAtomic: boolean
}

/** A command as it is written: a function of who asks and what they want. */
export interface CommandHandler<Context, Input, T> {
  (context: Context, input: Input): CommandResult<T>
  isAtomic?: true
}

/** Declares that a handler is atomic by itself. */
export const atomic = <Context, Input, T>(
  handler: (context: Context, input: Input) => CommandResult<T>,
): CommandHandler<Context, Input, T> => Object.assign(handler, { isAtomic: true as const })

/** Binds a handler to its input; the context is made when the command runs, so that `now` is then. */
export const bind = <Context, Input, T>(
  handler: CommandHandler<Context, Input, T>,
  context: () => Context,
  input: Input,
): Command<T> => ({
  run: () => handler(context(), input),
  isAtomic: handler.isAtomic === true,
})
