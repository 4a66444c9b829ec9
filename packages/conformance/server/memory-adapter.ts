import type { AdapterFactory, AdapterPayload } from 'oidc-provider'

/**
 * Makes the storage of one provider. The default storage of `oidc-provider` prints a warning, and all providers in a
 * process share it.
 */
export function createMemoryAdapter(): AdapterFactory {
  const entries = new Map<string, AdapterPayload>()
  const findBy = (model: string, member: 'uid' | 'userCode', value: string) =>
    Array.from(entries).find(([key, entry]) => key.startsWith(`${model}:`) && entry[member] === value)?.[1]

  return (model) => ({
    upsert: async (id, entry) => void entries.set(`${model}:${id}`, entry),
    find: async (id) => entries.get(`${model}:${id}`),
    findByUid: async (uid) => findBy(model, 'uid', uid),
    findByUserCode: async (userCode) => findBy(model, 'userCode', userCode),
    consume: async (id) => {
      const entry = entries.get(`${model}:${id}`)
      if (entry) entry.consumed = Math.floor(Date.now() / 1000)
    },
    destroy: async (id) => void entries.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, entry] of entries) if (entry.grantId === grantId) entries.delete(key)
    },
  })
}
