import { z } from 'zod'
import { pageIssuerNames } from '../auth/identity-issuers'
import { endpoint, router } from '../http/endpoint'
import { ok } from '../http/responses'
import * as who from '../http/who'
import { isConfigured } from '../mail/send'
import { capabilityTable } from '../room/policy/permissions'
import { Capability } from '../schemas/members'

const list = (description: string) => z.array(Capability).meta({ description })

const Capabilities = z
  .strictObject({
    roles: z
      .strictObject({
        owner: z.array(Capability),
        admin: z.array(Capability),
        moderator: z.array(Capability),
        member: z.array(Capability),
      })
      .meta({
        id: 'RoleCapabilities',
        description: 'What a member may do, by their role in the room.',
      }),
    directPeer: list('In a direct room, besides what a member may do: both users may do this.'),
    visitor: list('In an open room, whoever is signed in and no member.'),
    siteModerator: list('In rooms that anyone can find or read: moderators of the whole site.'),
    features: z
      .strictObject({
        email: z.boolean().meta({
          description:
            'Whether e-mail is sent: for verifying an address, and for a forgotten password.',
        }),
        guests: z.boolean().meta({ description: 'Whether `POST /v1/users` makes guests.' }),
        identityIssuers: z.array(z.string()).meta({
          description:
            'The identity providers at which a page can log in: each is an `issuer` of `GET /v1/identity/{issuer}/start`.',
          example: ['example'],
        }),
      })
      .meta({ id: 'Features', description: 'What the operator has switched on.' }),
    siteAdmin: list('In rooms that anyone can find or read: admins of the whole site.'),
  })
  .meta({ id: 'Capabilities' })

export const capabilities = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/capabilities',
    operationId: 'getCapabilities',
    tags: ['service'],
    summary: 'Read which capabilities each role has, and what this service offers.',
    description:
      'The same for every room, and for as long as this version of the service runs. Suspension, a mute, a frozen room and a closed direct room take some of them away; `me.capabilities` of a room is what is left.',
    who: who.anyone,
    responses: ok(Capabilities, 'The table.'),
  }),
  (c) => {
    c.header('Cache-Control', 'public, max-age=3600')
    const { roles, directPeer, visitor, siteModerator, siteAdmin } = capabilityTable
    return c.json(
      {
        roles: {
          owner: [...roles.owner],
          admin: [...roles.admin],
          moderator: [...roles.moderator],
          member: [...roles.member],
        },
        directPeer: [...directPeer],
        visitor: [...visitor],
        siteModerator: [...siteModerator],
        siteAdmin: [...siteAdmin],
        features: {
          email: isConfigured(c.env),
          guests: c.env.GUESTS !== 'off',
          identityIssuers: pageIssuerNames(c.env),
        },
      },
      200,
    )
  },
)
