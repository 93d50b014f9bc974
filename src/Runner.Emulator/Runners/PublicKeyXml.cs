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
            if (XElement.Parse(xml ?? string.Empty) is not { Name.LocalName: "RSAKeyValue" } root
                || root.Element("Modulus") is not { } modulus
                || root.Element("Exponent") is not { } exponent)
            {
                return null;
            }

            var key = new RSAParameters { Modulus = Convert.FromBase64String(modulus.Value), Exponent = Convert.FromBase64String(exponent.Value) };
            using var rsa = RSA.Create(key); // refuses what could verify nothing
            return key;
        }
        catch (Exception broken) when (broken is XmlException or FormatException or CryptographicException)
        {
            return null; // the caller answers 422
        }
    }
}
