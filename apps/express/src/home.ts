/** The first page. */
export const home = (user: { readonly name: string } | undefined): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sample</title>
<h1>Hello ${escape(user?.name ?? 'stranger')}</h1>
<ul>
<li><a href="/shops?postalCode=35000">Shops, from Orange</a>
<li><a href="/campaigns">Campaigns, from Digitaleo</a>
<li><a href="/usage">Your mobile data, from Bouygues Telecom</a>
</ul>
${user ? '<form method="post" action="/logout"><button>Sign out</button></form>' : '<a href="/login">Sign in</a>'}
</html>`

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
