import type { Request } from 'express'

/** What part of a list a visitor asked for. */
export type ListQuery = {
  /** What the entries must contain; empty: anything. */
  readonly search: string
  /** Which page, from 1. */
  readonly page: number
  /** How many entries are on a page. */
  readonly size: number
}

/** How many entries a page may have. */
export const pageSizes: readonly number[] = [3, 10, 25]

/** Reads the query of a list; what makes no sense counts as not given. */
export function readListQuery({ query }: Pick<Request, 'query'>): ListQuery {
  const { search, page, size } = query
  return {
    search: typeof search === 'string' ? search.trim().slice(0, 100) : '',
    page: typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
    size: pageSizes.find((one) => String(one) === size) ?? 10,
  }
}

/** A page of a list. */
export type Part<Entry> = {
  readonly entries: readonly Entry[]
  /** How many entries there are on all pages. */
  readonly total: number
  /** Which page it is, from 1; the last one where a later one was asked for. */
  readonly page: number
  readonly pages: number
}

/** Takes a page out of a list of all that contain what was searched for, in any case and with any accents. */
export function partOf<Entry extends object>(all: readonly Entry[], { search, page, size }: ListQuery): Part<Entry> {
  const wanted = fold(search)
  const found = all.filter((entry) => fold(Object.values(entry).join(' ')).includes(wanted))
  const pages = Math.max(1, Math.ceil(found.length / size))
  const actual = Math.min(page, pages)
  return { entries: found.slice((actual - 1) * size, actual * size), total: found.length, page: actual, pages }
}

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase()
