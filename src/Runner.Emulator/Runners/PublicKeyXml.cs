using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;

namespace Runner.Emulator.Runners;

/// <summary>Reads the XML form of a public key that runners send: <c>RSAKeyValue</c> with <c>Modulus</c> and <c>Exponent</c>.</summary>
internal static class PublicKeyXml
{
    /// <summary>The key, or <c>null</c> where the text holds none.</summary>
    public static RSAParameters? Read(string? xml)
    {
        try
        {
            return XElement.Parse(xml ?? string.Empty) is { Name.LocalName: "RSAKeyValue" } root
                && root.Element("Modulus") is { } modulus
                && root.Element("Exponent") is { } exponent
                ? new RSAParameters { Modulus = Convert.FromBase64String(modulus.Value), Exponent = Convert.FromBase64String(exponent.Value) }
                : null;
        }
        catch (Exception broken) when (broken is XmlException or FormatException)
        {
            return null; // the caller answers 422
        }
    }
}
