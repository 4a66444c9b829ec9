import { auth } from '../../../../auth.ts'

const handle = async (request) => (await auth.handle(request)) ?? new Response(null, { status: 404 })

export { handle as GET, handle as POST }
