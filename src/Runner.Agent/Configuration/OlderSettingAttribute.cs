namespace Runner.Agent.Configuration;

/// <summary>A setting that is read, and has another one in its place: whoever writes it is told so.</summary>
/// <param name="advice">What is made of it, and what to write instead.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OlderSettingAttribute(string advice) : Attribute
{
    /// <summary>What is made of it, and what to write instead.</summary>
    public string Advice => advice;
}
