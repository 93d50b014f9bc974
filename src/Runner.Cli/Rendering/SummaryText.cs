using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Markdig;

namespace Runner.Cli.Rendering;

/// <summary>Shows a step's summary on a terminal. Summaries mix Markdown and HTML, so all of it is read as the HTML that GitHub would make.</summary>
internal static class SummaryText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseTaskLists().UseEmphasisExtras().UseAutoLinks().Build();

    /// <summary>Writes a summary, two cells indented.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="markdown">The summary.</param>
    /// <param name="colors">Colours.</param>
    /// <param name="width">Cells of a line; longer text is folded.</param>
    public static void Write(TextWriter output, string markdown, Colors colors, int width)
    {
        var document = new HtmlParser().ParseDocument(Markdown.ToHtml(markdown, Pipeline));
        var writer = new BlockWriter(output, colors, width);
        writer.WriteChildren(document.Body, indent: "  ");
    }

    private sealed class BlockWriter(TextWriter output, Colors colors, int width)
    {
        public void WriteChildren(INode? parent, string indent)
        {
            foreach (var node in parent?.ChildNodes ?? Enumerable.Empty<INode>())
            {
                Write(node, indent);
            }
        }

        private void Write(INode node, string indent)
        {
            switch (node)
            {
                case IElement { LocalName: "h1" or "h2" or "h3" or "h4" or "h5" or "h6" } heading:
                    output.WriteLine(indent + colors.Bold(Flat(heading)));
                    break;
                case IElement { LocalName: "ul" or "ol" } list:
                    WriteList(list, indent);
                    break;
                case IElement { LocalName: "pre" } code:
                    WriteLines(code.TextContent.TrimEnd('\n').Split('\n'), indent + "  ", colors.Cyan);
                    break;
                case IElement { LocalName: "table" } table:
                    WriteTable(table, indent);
                    break;
                case IElement { LocalName: "hr" }:
                    output.WriteLine(indent + colors.Dim(new string('─', Math.Max(3, width - indent.Length))));
                    break;
                case IElement { LocalName: "blockquote" } quote:
                    WriteChildren(quote, indent + colors.Dim("│ "));
                    break;
                case IElement { LocalName: "div" or "details" or "section" or "center" } box:
                    WriteChildren(box, indent);
                    break;
                default:
                    WriteLines(Fold(Flat(node), width - indent.Length), indent, text => text);
                    break;
            }
        }

        private void WriteLines(IEnumerable<string> lines, string indent, Func<string, string> paint)
        {
            foreach (var line in lines)
            {
                output.WriteLine(indent + paint(line));
            }
        }

        private void WriteList(IElement list, string indent)
        {
            var number = 1;
            foreach (var item in list.Children)
            {
                var sign = list.LocalName == "ol" ? $"{number++}." : "•";
                var text = item.ChildNodes.Where(node => node is not IElement { LocalName: "ul" or "ol" });
                var lines = Fold(string.Join(' ', text.Select(Flat).Where(part => part.Length > 0)), width - indent.Length - sign.Length - 1);
                output.WriteLine($"{indent}{sign} {lines[0]}");
                WriteLines(lines.Skip(1), indent + new string(' ', sign.Length + 1), line => line);
                foreach (var nested in item.Children.Where(child => child.LocalName is "ul" or "ol"))
                {
                    WriteList(nested, indent + "  ");
                }
            }
        }

        private void WriteTable(IElement table, string indent)
        {
            var rows = table.QuerySelectorAll("tr").Select(row => row.Children.Select(Flat).ToArray()).Where(row => row.Length > 0).ToList();
            if (rows.Count == 0)
            {
                return;
            }

            var widths = Enumerable.Range(0, rows.Max(row => row.Length))
                .Select(column => rows.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
            var isHead = table.QuerySelector("th") is not null;
            foreach (var row in rows)
            {
                var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
                output.WriteLine(indent + (isHead ? colors.Bold(line) : line));
                isHead = false;
            }
        }

        /// <summary>The text of a node in one line, with the address of a link behind it.</summary>
        private static string Flat(INode node)
        {
            var text = string.Join(' ', node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var links = node is IElement element ? element.QuerySelectorAll("a[href]").Append(element.LocalName == "a" ? element : null) : [];
            var addresses = links.OfType<IElement>().Select(link => link.GetAttribute("href") ?? string.Empty)
                .Where(address => address.Length > 0 && !text.Contains(address, StringComparison.Ordinal)).Distinct();
            return string.Join(' ', [text, .. addresses.Select(address => $"({address})")]).Trim();
        }

        private static List<string> Fold(string text, int cells)
        {
            var lines = new List<string>();
            var line = string.Empty;
            foreach (var word in text.Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > Math.Max(20, cells))
                {
                    lines.Add(line);
                    line = word;
                }
                else
                {
                    line = line.Length == 0 ? word : $"{line} {word}";
                }
            }

            if (line.Length > 0 || lines.Count == 0)
            {
                lines.Add(line);
            }

            return lines is [""] ? [] : lines;
        }
    }
}
