import { names } from './room-model'
import { first, type Rule } from './rule'

export const settingRules = {
  topic: (room, { who, text }) =>
    first([() => room.may(who, 'administer')], () => {
      if (room.topic !== text) room.seq += 1
      room.topic = text
    }),

  freeze: (room, { who, on }) =>
    first([() => room.may(who, 'administer')], () => {
      if (room.isFrozen !== on) room.seq += 1
      room.isFrozen = on
    }),

  slow: (room, { who, on }) =>
    first([() => room.may(who, 'administer')], () => {
      if (room.isSlow !== on) room.seq += 1
      room.isSlow = on
    }),

  open: (room, { who, on }) =>
    first([() => room.may(who, 'administer')], () => {
      if (room.isOpen !== on) room.seq += 1
      room.isOpen = on
      if (on) return
      for (const name of names) if (!room.roleOf(name)) room.disconnected.set(name, 4403)
    }),
} satisfies Record<string, Rule>
