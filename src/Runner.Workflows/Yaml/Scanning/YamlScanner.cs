using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>Takes a YAML file apart for the parser: scalars, keys, indicators, and where blocks begin and end.</summary>
/// <remarks>
/// The parser's own scanner refuses files that GitHub runs: GitHub stays with an early version of it on purpose, since customers' workflows
/// would break (a comment right behind <c>]</c>, brackets and quotes whose lines are not indented, empty lines in front of a block; cases of
/// its suite). This one takes what either of them takes, by the rules of libyaml, on which both are built: a key is known by the <c>:</c>
/// behind it, so tokens wait as long as the first of them may be one; a column deeper than the last begins a block, one less deep ends it.
/// And what it refuses is told at its own place.
/// </remarks>
internal sealed class YamlScanner : IScanner
{
    public const string TabProblem = "A tab indents this line: YAML wants spaces";

    // What YAML allows of a key on one line.
    private const int MaxKeyLength = 1024;

    private readonly YamlText _text;
    private readonly ScalarScanner _scalars;
    private readonly PropertyScanner _properties;
    private readonly List<Token> _tokens = [];
    private readonly Stack<int> _outerIndents = new();
    private readonly HashSet<int> _explicitKeys = [];
    private readonly List<SimpleKey> _keys = [new()];
    private readonly Stack<(char Bracket, Mark Place)> _brackets = new();
    private int _head;
    private int _consumed;
    private int _indent = -1;
    private bool _allowsKey = true;
    private bool _isInDocument;
    private bool _isStarted;
    private bool _isEnded;

    public YamlScanner(string text)
    {
        _text = new YamlText(text);
        _scalars = new ScalarScanner(_text);
        _properties = new PropertyScanner(_text);
    }

    public Mark CurrentPosition => _text.Mark;

    public Token? Current { get; private set; }

    private bool IsInFlow => _keys.Count > 1;

    private SimpleKey Key => _keys[^1];

    private bool IsAtValueIndicator => _text[0] == ':' && (YamlText.IsGap(_text[1]) || (IsInFlow && (Key.IsPossible || IsFlowIndicator(_text[1]))));

    public static bool IsFlowIndicator(char letter) => letter is ',' or '[' or ']' or '{' or '}';

    public bool MoveNext()
    {
        if (Current is not null)
        {
            ConsumeCurrent();
        }

        return MoveNextWithoutConsuming();
    }

    /// <exception cref="YamlException">The text is no YAML.</exception>
    public bool MoveNextWithoutConsuming()
    {
        while (!_isEnded && NeedsMore())
        {
            Scan();
        }

        if (_head == _tokens.Count)
        {
            Current = null;
            return false;
        }

        Current = _tokens[_head++];
        if (_head == _tokens.Count)
        {
            _tokens.Clear();
            _head = 0;
        }

        return true;
    }

    public void ConsumeCurrent()
    {
        _consumed++;
        Current = null;
    }

    // The first of the tokens that wait may turn out to be a key: then others come before it.
    private bool NeedsMore()
    {
        if (_head == _tokens.Count)
        {
            return true;
        }

        DropStaleKeys();
        return _keys.Exists(key => key.IsPossible && key.Token == _consumed);
    }

    private void Scan()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Add(new StreamStart(_text.Mark, _text.Mark));
            return;
        }

        SkipToToken();
        DropStaleKeys();
        Unroll(_text.Column);
        if (_text.IsEnd)
        {
            EndStream();
        }
        else if (_text.Column == 0 && _text[0] == '%')
        {
            ScanDirective();
        }
        else if (_text.IsDocumentMarker())
        {
            ScanDocumentMarker();
        }
        else
        {
            ScanContent();
        }
    }

    private void ScanContent()
    {
        _isInDocument = true;
        switch (_text[0])
        {
            case '[' or '{':
                BeginFlow();
                break;
            case ']' or '}':
                EndFlow();
                break;
            case ',' when IsInFlow:
                DropKey();
                _allowsKey = true;
                AddIndicator((start, end) => new FlowEntry(start, end));
                break;
            case '-' when YamlText.IsGap(_text[1]):
                ScanBlockEntry();
                break;
            case '?' when YamlText.IsGap(_text[1]):
                ScanExplicitKey();
                break;
            case ':' when IsAtValueIndicator:
                ScanValue();
                break;
            case '*' or '&':
                SaveKey();
                Add(_properties.ScanAnchor());
                break;
            case '!':
                SaveKey();
                Add(_properties.ScanTag(IsInFlow));
                break;
            case '|' or '>' when !IsInFlow:
                DropKey();
                _allowsKey = true;
                Add(_scalars.ScanBlock(_indent));
                break;
            case '\'' or '"':
                SaveKey();
                Add(_scalars.ScanQuoted(_text[0]));
                break;
            default:
                ScanPlain();
                break;
        }
    }

    private void ScanPlain()
    {
        switch (_text[0])
        {
            case '\t':
                throw _text.Problem(TabProblem);
            case '%' or '@' or '`' or '|' or '>' or ',':
                throw _text.Problem($"A text that begins with '{_text[0]}' needs quotes");
            case < ' ':
                throw _text.Problem($"The control character U+{(int)_text[0]:X4} is not allowed");
        }

        SaveKey();
        Add(_scalars.ScanPlain(_indent, IsInFlow, out var endsLine));
        _allowsKey |= endsLine;
    }

    private void SkipToToken()
    {
        while (true)
        {
            // A tab may part two words of a line, and stand on a line without any, but not indent one.
            while (_text[0] == ' ' || (_text[0] == '\t' && (IsInFlow || !_allowsKey || !IsFirstOfLine() || _text.IsRestBlank(orComment: true))))
            {
                _text.Skip();
            }

            if (_text[0] == '#')
            {
                _text.SkipLetters();
            }

            if (!YamlText.IsBreak(_text[0]))
            {
                return;
            }

            _text.TakeBreak();
            _allowsKey |= !IsInFlow;
        }
    }

    private bool IsFirstOfLine()
    {
        var back = -1;
        while (_text.Column + back >= 0 && YamlText.IsBlank(_text[back]))
        {
            back--;
        }

        return _text.Column + back < 0;
    }

    private void EndStream()
    {
        if (IsInFlow)
        {
            throw YamlText.Problem(_brackets.Peek().Place, $"'{_brackets.Peek().Bracket}' is not closed");
        }

        Unroll(-1);
        DropKey();
        _allowsKey = false;
        _isEnded = true;
        Add(new StreamEnd(_text.EndMark, _text.EndMark));
    }

    private void ScanDirective()
    {
        if (_isInDocument)
        {
            throw _text.Problem("A line that begins with '%' is a directive, which may stand only before a document; a text that begins with '%' needs quotes");
        }

        DropKey();
        _allowsKey = false;
        Add(_properties.ScanDirective());
    }

    private void ScanDocumentMarker()
    {
        Unroll(-1);
        DropKey();
        _allowsKey = false;
        var isStart = _text[0] == '-';
        _isInDocument = isStart;
        var start = _text.Mark;
        _text.Skip(3);
        Add(isStart ? new DocumentStart(start, _text.Mark) : new DocumentEnd(start, _text.Mark));
    }

    private void BeginFlow()
    {
        SaveKey();
        var bracket = _text[0];
        _brackets.Push((bracket, _text.Mark));
        _keys.Add(new SimpleKey());
        _allowsKey = true;
        AddIndicator((start, end) => bracket == '[' ? new FlowSequenceStart(start, end) : new FlowMappingStart(start, end));
    }

    private void EndFlow()
    {
        var bracket = _text[0];
        if (!_brackets.TryPop(out var open))
        {
            throw _text.Problem($"No bracket is open that '{bracket}' could close; a text that begins with it needs quotes");
        }

        if (open.Bracket != (bracket == ']' ? '[' : '{'))
        {
            throw _text.Problem($"'{bracket}' cannot close the '{open.Bracket}' of line {open.Place.Line}");
        }

        DropKey();
        _keys.RemoveAt(_keys.Count - 1);
        _allowsKey = false;
        AddIndicator((start, end) => bracket == ']' ? new FlowSequenceEnd(start, end) : new FlowMappingEnd(start, end));
    }

    private void ScanBlockEntry()
    {
        if (IsInFlow)
        {
            throw _text.Problem("'- ' begins an entry of a block list, which cannot stand inside brackets; a text that begins with '-' needs quotes");
        }

        if (!_allowsKey)
        {
            throw _text.Problem("A list cannot begin here: put it on a line of its own");
        }

        if (Roll(_text.Column))
        {
            Add(new BlockSequenceStart(_text.Mark, _text.Mark));
        }

        DropKey();
        _allowsKey = true;
        AddIndicator((start, end) => new BlockEntry(start, end));
    }

    private void ScanExplicitKey()
    {
        if (!IsInFlow)
        {
            if (!_allowsKey)
            {
                throw _text.Problem("A key cannot begin here; a text that begins with '?' needs quotes");
            }

            BeginMapping();
            _explicitKeys.Add(_indent);
        }

        DropKey();
        _allowsKey = !IsInFlow;
        AddIndicator((start, end) => new Key(start, end));
    }

    private void ScanValue()
    {
        if (Key is { IsPossible: true } key)
        {
            InsertKey(key);
        }
        else if (!IsInFlow)
        {
            if (!_allowsKey)
            {
                throw _text.Problem("A mapping cannot begin here: put it on a line of its own, or a text that holds ': ' into quotes");
            }

            // The value of a key that '?' began, or of an empty one.
            BeginMapping();
            if (!_explicitKeys.Remove(_indent))
            {
                Add(new Key(_text.Mark, _text.Mark));
            }

            _allowsKey = true;
        }
        else
        {
            _allowsKey = false;
        }

        AddIndicator((start, end) => new Value(start, end));
    }

    // What was read since the key's place is a key after all, and may be the first of its mapping.
    private void InsertKey(SimpleKey key)
    {
        var index = _head + key.Token - _consumed;
        _tokens.Insert(index, new Key(key.Place, key.Place));
        if (!IsInFlow && Roll((int)key.Place.Column - 1))
        {
            _tokens.Insert(index, new BlockMappingStart(key.Place, key.Place));
        }

        if (!IsInFlow)
        {
            _explicitKeys.Remove(_indent);
        }

        key.IsPossible = false;
        _allowsKey = false;
    }

    private void BeginMapping()
    {
        if (Roll(_text.Column))
        {
            Add(new BlockMappingStart(_text.Mark, _text.Mark));
        }
    }

    // Whether a deeper block begins at the column.
    private bool Roll(int column)
    {
        if (column <= _indent)
        {
            return false;
        }

        _outerIndents.Push(_indent);
        _indent = column;
        return true;
    }

    // Ends the blocks that are deeper than the column.
    private void Unroll(int column)
    {
        while (!IsInFlow && _indent > column)
        {
            Add(new BlockEnd(_text.Mark, _text.Mark));
            _explicitKeys.Remove(_indent);
            _indent = _outerIndents.Pop();
        }
    }

    private void SaveKey()
    {
        if (_allowsKey)
        {
            DropKey();
            var key = Key;
            key.IsPossible = true;
            key.IsRequired = !IsInFlow && _indent == _text.Column;
            key.Token = _consumed + _tokens.Count - _head;
            key.Place = _text.Mark;
        }

        _allowsKey = false;
    }

    private void DropKey() => Drop(Key);

    private void DropStaleKeys()
    {
        foreach (var key in _keys)
        {
            if (key.IsPossible && (key.Place.Line < _text.Line || key.Place.Index + MaxKeyLength < _text.Index))
            {
                Drop(key);
            }
        }
    }

    private static void Drop(SimpleKey key)
    {
        if (key is { IsPossible: true, IsRequired: true })
        {
            throw YamlText.Problem(key.Place, "A key is expected here, with ':' behind it on the same line");
        }

        key.IsPossible = false;
    }

    private void AddIndicator(Func<Mark, Mark, Token> create)
    {
        var start = _text.Mark;
        _text.Skip();
        Add(create(start, _text.Mark));
    }

    private void Add(Token token) => _tokens.Add(token);
}
